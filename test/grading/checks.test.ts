/** Each kind of check, row by row: what passes, what does not, and what is said of it. One cluster for all rows. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkSchema, definitionOf } from '../../src/grading/checks/index.ts'
import type { Verdict } from '../../src/grading/contract.ts'
import type { CheckSpec } from '../../src/levels/format/level.ts'
import { open, WEB } from './level.ts'

const { session, judge } = open({
  preset: 'default',
  spec: '  start: {apply: [start/], settle: 40s}',
  files: { 'start/web.yaml': WEB },
  checks: '- {id: any, title: Any, state: {kind: Pod, name: none}}',
})
session.run("printf 'kind: A\\nspec: {n: 3}\\n' > a.yaml")

/** One check's verdict now. */
function verdict(yaml: string): Verdict & { error?: string } {
  const check = checkSchema.parse({ id: 'x', title: 'X', ...(parse(yaml) as object) }) as CheckSpec
  return judge.evaluate({ check, ...definitionOf(check) })
}

describe.each([
  ['state: a part of the object', 'state: {kind: Deployment, name: web, match: {spec: {replicas: 2}}}', true],
  ['state: another value', 'state: {kind: Deployment, name: web, match: {spec: {replicas: 3}}}', false],
  [
    'state: a list item by its key, not by its position',
    'state: {kind: Deployment, name: web, match: {spec: {template: {spec: {containers: [{name: web, env: [{name: B, value: "2"}]}]}}}}}',
    true,
  ],
  [
    'state: a list item that is not there',
    'state: {kind: Deployment, name: web, match: {spec: {template: {spec: {containers: [{name: other}]}}}}}',
    false,
  ],
  [
    'state: a key of JavaScript objects is no field',
    'state: {kind: Deployment, name: web, match: {metadata: {toString: {name: toString}}}}',
    false,
  ],
  ['state: cel', 'state: {kind: Deployment, name: web, cel: "object.status.readyReplicas >= 2"}', true],
  ['state: cel that is not so', 'state: {kind: Deployment, name: web, cel: "object.status.readyReplicas >= 3"}', false],
  ['state: cel about a key that is not there', 'state: {kind: Deployment, name: web, cel: "object.status.nothing >= 3"}', false],
  ['state: cel that is no cel', 'state: {kind: Deployment, name: web, cel: "object.("}', false],
  ['state: cel that is no yes or no', 'state: {kind: Deployment, name: web, cel: "object.spec.replicas"}', false],
  ['state: count', 'state: {kind: Pod, selector: {app: web}, count: 2}', true],
  ['state: another count', 'state: {kind: Pod, selector: {app: web}, count: 3}', false],
  ['state: count as a bound', 'state: {kind: Pod, selector: "app in (web, client)", count: ">=3"}', true],
  ['state: count nothing', 'state: {kind: Pod, selector: {app: none}, count: 0}', true],
  ['state: all of them', 'state: {kind: Pod, selector: {app: web}, quantifier: all, match: {status: {phase: Running}}}', true],
  ['state: all over nothing', 'state: {kind: Pod, selector: {app: none}, quantifier: all, match: {status: {phase: Running}}}', false],
  ['state: all over nothing, allowed', 'state: {kind: Pod, selector: {app: none}, nonEmpty: false}', true],
  ['state: any over nothing', 'state: {kind: Pod, selector: {app: none}, quantifier: any}', false],
  ['state: any', 'state: {kind: Pod, quantifier: any, match: {metadata: {name: client}}}', true],
  ['state: not all, but any', 'state: {kind: Pod, quantifier: all, match: {metadata: {name: client}}}', false],
  ['state: none', 'state: {kind: Pod, selector: {app: web}, quantifier: none, match: {status: {phase: Failed}}}', true],
  ['state: none, and there is one', 'state: {kind: Pod, quantifier: none, match: {metadata: {name: client}}}', false],
  ['state: a kind nobody knows', 'state: {kind: Spaceship}', false],
  ['http: from outside', 'http: {url: "http://192.168.0.101:30880/"}', true],
  ['http: from a pod, by name', 'http: {from: {pod: {app: client}}, url: "http://web/"}', true],
  ['http: many times', 'http: {url: "http://192.168.0.101:30880/", times: 20}', true],
  ['http: another status', 'http: {url: "http://192.168.0.101:30880/", expect: {status: 404}}', false],
  ['http: one of two statuses', 'http: {url: "http://192.168.0.101:30880/none", expect: {status: [404, 410]}}', true],
  ['http: text in the page', 'http: {url: "http://192.168.0.101:30880/", expect: {body: "Welcome to nginx"}}', true],
  ['http: a pattern in the page', 'http: {url: "http://192.168.0.101:30880/", expect: {body: {matches: "<title>.*nginx"}}}', true],
  ['http: other text', 'http: {url: "http://192.168.0.101:30880/", expect: {body: "Apache"}}', false],
  ['http: the nonce is in nobody’s page', 'http: {url: "http://192.168.0.101:30880/?q={{nonce}}", expect: {body: "{{nonce}}"}}', false],
  ['http: nobody listens', 'http: {url: "http://192.168.0.101:30881/"}', false],
  ['http: nobody shall listen', 'http: {url: "http://192.168.0.101:30881/", expect: {refusedOrTimeout: true}}', true],
  ['http: nobody shall listen, and somebody does', 'http: {url: "http://192.168.0.101:30880/", expect: {refusedOrTimeout: true}}', false],
  ['http: a pod that is not there asks', 'http: {from: {pod: {app: none}}, url: "http://web/"}', false],
  ['http: no URL', 'http: {url: "web"}', false],
  ['dns: a Service', 'dns: {from: {pod: {app: client}}, name: web}', true],
  ['dns: whole name', 'dns: {from: {pod: {app: client}}, name: web.default.svc.cluster.local}', true],
  ['dns: no such name', 'dns: {from: {pod: {app: client}}, name: shop}', false],
  ['dns: no such name, as it shall be', 'dns: {from: {pod: {app: client}}, name: shop, expect: {notFound: true}}', true],
  ['dns: too few addresses', 'dns: {from: {pod: {app: client}}, name: web, expect: {atLeast: 2}}', false],
  ['tcp: open', 'tcp: {host: 192.168.0.101, port: 30880}', true],
  ['tcp: closed', 'tcp: {host: 192.168.0.101, port: 30881, expect: closed}', true],
  ['tcp: open and not to be', 'tcp: {host: 192.168.0.101, port: 30880, expect: closed}', false],
  ['tcp: of each pod', 'tcp: {from: {pod: {app: client}}, to: {pod: {app: web}}, port: 80}', true],
  ['exec: in a pod', 'exec: {pod: {app: client}, command: "exit 0"}', true],
  ['exec: another exit code', 'exec: {pod: {app: client}, command: "exit 3"}', false],
  ['exec: the exit code that is asked for', 'exec: {pod: {app: client}, command: "exit 3", expect: {exitCode: 3}}', true],
  ['exec: at the prompt', 'exec: {command: "kubectl get deployment web -o name", expect: {output: "deployment.apps/web"}}', true],
  ['exec: other output', 'exec: {command: "echo a", expect: {output: {equals: b}}}', false],
  ['exec: no such pod', 'exec: {pod: {app: none}, command: "true"}', false],
  ['exec: never ends', 'exec: {pod: {app: client}, command: "sleep 1000", timeout: 5s}', false],
  ['file: there', 'file: {path: a.yaml}', true],
  ['file: not there', 'file: {path: b.yaml}', false],
  ['file: not there, as it shall be', 'file: {path: b.yaml, exists: false}', true],
  ['file: content', 'file: {path: a.yaml, content: "kind: A"}', true],
  ['file: JSONPath', 'file: {path: a.yaml, jsonpath: "{.spec.n}", equals: 3}', true],
  ['file: JSONPath, another value', 'file: {path: a.yaml, jsonpath: "{.spec.n}", equals: 4}', false],
  ['forbid: a state that is not', 'forbid: {stateFinal: {kind: Pod, name: none}}', true],
  ['forbid: a state that is', 'forbid: {stateFinal: {kind: Pod, name: client}}', false],
  [
    'forbid: all over nothing is not there',
    'forbid: {stateFinal: {kind: Pod, selector: {app: none}, match: {status: {phase: Failed}}}}',
    true,
  ],
])('%s', (_name, yaml, ok) => {
  const found = verdict(yaml)
  test(ok ? 'passes' : 'does not pass', () => expect(found).toMatchObject({ ok }))
  test('says what was asked and what was seen', () => {
    expect(found.expected).not.toBe('')
    expect(found.observed).not.toBe('')
  })
})

test('a look leaves the cluster as it was', () => {
  const before = session.world.stateHash()
  verdict('http: {url: "http://192.168.0.101:30880/", times: 20}')
  verdict('exec: {pod: {app: client}, command: "touch /tmp/x; sleep 3"}')
  verdict('exec: {command: "kubectl delete deployment web"}')
  expect(session.world.stateHash()).toBe(before)
})

describe('data', () => {
  const data = (then: string): string =>
    `data: {write: {url: "http://192.168.0.101:30880/dav/{{key}}", method: PUT, body: "{{key}}", keys: 2}, then: [${then}], read: {url: "http://192.168.0.101:30880/dav/{{key}}"}, within: 5s}`
  test('what cannot be written is told', () =>
    expect(verdict(data('{wait: 1s}'))).toMatchObject({ ok: false, observed: expect.stringContaining('writing failed') }))
})

describe('experiment', () => {
  const run = (more: string): Verdict => verdict(`experiment: {load: {http: "http://192.168.0.101:30880/", rps: 5}, lasts: 20s, ${more}}`)
  test.each([
    ['all are answered', 'measure: {availability: ">=1", maxFailed: 0, p99: "<300ms", rate: ">=4"}', true],
    ['faster than light', 'measure: {p50: "<1ms", p99: "<1ms"}', false],
    ['more than were sent', 'measure: {rate: ">=50"}', false],
    [
      'the node of the client’s door crashes',
      'faults: [{kind: crash, target: {node: node-a}, at: 2s}], measure: {availability: ">=0.99"}',
      false,
    ],
    ['how many may fail', 'faults: [{kind: crash, target: {node: node-a}, at: 2s}], measure: {maxFailed: 1000}', true],
    [
      'pods are killed and came back',
      'faults: [{kind: kill, target: {pods: {app: web}}, at: 2s}], measure: {}, noRestarts: {app: web}',
      false,
    ],
    ['nothing to begin with', 'steady: {check: any}, measure: {}', false],
    ['not there afterwards', 'measure: {}, after: {check: any, within: 2s}', false],
  ])('%s', (_name, more, ok) => expect(run(more)).toMatchObject({ ok }))
})
