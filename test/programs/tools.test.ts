/** curl, wget, nslookup, dig, nc: outputs and exit statuses, on virtual time. */
import { describe, expect, test } from 'vitest'
import type { DialRequest, DialResult, DnsAnswer, HttpReply } from '../../src/network/contract.ts'
import { networkTools } from '../../src/programs/tools/index.ts'
import type { Tool, ToolContext } from '../../src/script/contract.ts'
import { volume } from './fake-world.ts'

type Dial = (request: DialRequest) => DialResult
const peer = { ip: '10.96.0.7', port: 80 }
const answering =
  (reply: Partial<HttpReply>): Dial =>
  () => ({
    ok: true,
    latencyMs: 3,
    peer,
    address: peer.ip,
    reply: { status: 200, headers: { 'content-type': 'text/plain' }, body: 'hi\n', ...reply },
  })
const failing =
  (failure: string, latencyMs = 3, message = failure): Dial =>
  () => ({ ok: false, failure: failure as 'refused', latencyMs, message, peer, address: peer.ip })
const names: Record<string, string> = { web: '10.96.0.7' }
const resolve = (name: string): DnsAnswer =>
  names[name.replace(/\.$/, '')]
    ? {
        ok: true,
        server: '10.96.0.10',
        latencyMs: 1,
        records: [{ name: `${name}.default.svc.cluster.local`, type: 'A', ttl: 30, data: names[name.replace(/\.$/, '')]! }],
      }
    : { ok: false, code: 'NXDOMAIN', server: '10.96.0.10', latencyMs: 1 }

function run(
  line: string,
  dial: Dial,
  shellName = 'bash',
): { exitCode: number; stdout: string; stderr: string; ms: number; files: ReturnType<typeof volume>; sent: DialRequest[] } {
  const argv = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2]!)
  const files = volume()
  const sent: DialRequest[] = []
  let now = 0
  let draws = 0
  const ctx: ToolContext = {
    argv,
    env: {},
    cwd: '/',
    files,
    shellName,
    user: 'root',
    now: () => now,
    random: () => (draws++ % 97) / 97,
    stdin: () => '',
    path: (p) => (p.startsWith('/') ? p : `/${p}`),
  }
  const dialled: Dial = (r) => {
    sent.push(r)
    return dial(r)
  }
  const tool: Tool = networkTools({ ip: '10.0.0.1', resolve, dial: dialled }).get(argv[0]!)!
  let step = tool.start!(ctx)
  let [stdout, stderr] = ['', '']
  for (let n = 0; n < 100; n++) {
    stdout += step.stdout ?? ''
    stderr += step.stderr ?? ''
    if (step.done) return { exitCode: step.exitCode ?? 0, stdout, stderr, ms: now, files, sent }
    if (step.want.kind === 'sleep') now = step.want.untilMs
    step = tool.resume!(step.state, { kind: 'woken' }, ctx)
  }
  throw new Error('never ends')
}

describe('curl', () => {
  test.each<[string, string, Dial, number, string, string]>([
    ['prints the body', 'curl -s http://web/', answering({}), 0, 'hi\n', ''],
    ['-o and -w', "curl -s -o /dev/null -w '%{http_code}\\n' http://web/", answering({ status: 404 }), 0, '404\n', ''],
    ['-i', 'curl -si http://web/', answering({}), 0, 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhi\n', ''],
    ['-f', 'curl -f http://web/', answering({ status: 503 }), 22, '', 'curl: (22) The requested URL returned error: 503\n'],
    ['no such name', 'curl http://nope/', failing('dns-not-found'), 6, '', 'curl: (6) Could not resolve host: nope\n'],
    [
      'refused',
      'curl http://web:8080/',
      failing('refused'),
      7,
      '',
      'curl: (7) Failed to connect to web port 8080 after 3 ms: Could not connect to server\n',
    ],
    ['-s hides the error', 'curl -s http://web/', failing('refused'), 7, '', ''],
    [
      '-sS shows it',
      'curl -sS http://web/',
      failing('refused'),
      7,
      '',
      'curl: (7) Failed to connect to web port 80 after 3 ms: Could not connect to server\n',
    ],
    [
      '--max-time',
      'curl --max-time 5 http://web/',
      failing('timeout', 5000),
      28,
      '',
      'curl: (28) Operation timed out after 5000 milliseconds with 0 bytes received\n',
    ],
    ['reset', 'curl http://web/', failing('reset'), 56, '', 'curl: (56) Recv failure: Connection reset by peer\n'],
    [
      'TLS to a plain server',
      'curl -k https://web/',
      answering({}),
      35,
      '',
      'curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number\n',
    ],
    [
      'an unknown option',
      'curl --frobnicate http://web/',
      answering({}),
      2,
      '',
      "curl: option --frobnicate: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
  ])('%s', (_, line, dial, exitCode, stdout, stderr) => expect(run(line, dial)).toMatchObject({ exitCode, stdout, stderr }))

  test('sends what it is told', () => {
    const { sent } = run("curl -s -X PUT -H 'Host: web1.miempresa.com' -u admin:pw -d 'a=1' http://192.168.0.10/x?y=2", answering({}))
    expect(sent[0]).toMatchObject({
      host: '192.168.0.10',
      port: 80,
      payload: { method: 'PUT', path: '/x?y=2', host: 'web1.miempresa.com', body: 'a=1', headers: { authorization: 'Basic YWRtaW46cHc=' } },
    })
  })
  test('--resolve dials the given address and keeps the name', () => {
    const { sent } = run('curl -s --resolve web1.miempresa.com:80:192.168.0.10 http://web1.miempresa.com/', answering({}))
    expect(sent[0]).toMatchObject({ host: '192.168.0.10', payload: { host: 'web1.miempresa.com' } })
  })
  test('--retry tries again after a while', () => {
    let n = 0
    const done = run('curl -s --retry 3 --retry-connrefused http://web/', (r) => (++n < 3 ? failing('refused') : answering({}))(r))
    expect([done.exitCode, done.stdout, n, done.ms]).toEqual([0, 'hi\n', 3, 3 + 1000 + 3 + 2000 + 3])
  })
  test('-L follows', () => {
    const done = run('curl -sL http://web/old', (r) =>
      ((r.payload as { path: string }).path === '/old'
        ? answering({ status: 301, headers: { location: '/new' } })
        : answering({ body: 'new' }))(r),
    )
    expect(done.stdout).toBe('new')
  })
})

describe('others', () => {
  test.each<[string, Dial, number, string, string]>([
    ['wget -qO- http://web/', answering({}), 0, 'hi\n', ''],
    ['wget -q --spider http://web/', answering({ status: 404 }), 1, '', 'wget: server returned error: HTTP/1.1 404 Not Found\n'],
    ['wget -qO- -T 2 http://web/', failing('timeout', 2000), 1, '', 'wget: download timed out\n'],
    ['wget -qO- http://nope/', failing('dns-not-found'), 1, '', "wget: bad address 'nope'\n"],
    [
      'nslookup web',
      answering({}),
      0,
      'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tweb.default.svc.cluster.local\nAddress: 10.96.0.7\n\n',
      '',
    ],
    ['nslookup nope', answering({}), 1, "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find nope: NXDOMAIN\n\n", ''],
    ['dig +short web', answering({}), 0, '10.96.0.7\n', ''],
    ['getent hosts nope', answering({}), 2, '', ''],
    ['nc -zv web 80', answering({}), 0, '', 'web (10.96.0.7:80) open\n'],
    ['nc -zv -w 2 web 80', failing('timeout', 2000), 1, '', 'nc: web (10.96.0.7:80): Operation timed out\n'],
  ])('%s', (line, dial, exitCode, stdout, stderr) => expect(run(line, dial, 'sh')).toMatchObject({ exitCode, stdout, stderr }))
})
