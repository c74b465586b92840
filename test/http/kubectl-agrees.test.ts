/**
 * The real kubectl over HTTP and the prompt's own, each on a world from the same seed: both must print the same and end alike.
 * Skipped, with its reason in its name, on machines without a kubectl. Only what no version of the last years words differently.
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Served } from '../../src/http/serve.ts'
import { Session } from '../../src/session/session.ts'
import { openServed } from './client.ts'

const found = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).status === 0

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: nginx, resources: {limits: {cpu: 200m, memory: 32Mi}}}]
      volumes:
      - {name: fc, fc: {targetWWNs: [w], lun: 2}}
      - {name: eph, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: odd}
data: {tab: "a\\tb", return: "a\\rb", face: "\\U0001F600", long: "${'word '.repeat(30)}"}
`

/** Ages, moments and what is counted or drawn, and what older clients print more of, are left out. */
const comparable = (text: string): string =>
  text
    .replace(/^ *"?creationTimestamp"?: null,?\n/gm, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\w{3}, \d\d \w{3} \d{4} [\d:]+ \+0000/g, 'TIME')
    .replace(/(?<=\s)(\d+[smhd])+(?=\s|$)/g, 'AGE')
    .replace(/(resourceVersion"?: ?)"\d+"/g, '$1RV')
    .replace(/ from \S+ namespace/g, '')
    .replace(/,kyaml/g, '')
    .replace(/ +/g, ' ')
    .replace(/ $/gm, '')

// Left out where kubectl is not on the PATH: there is nothing to compare with.
describe.skipIf(!found)(found ? 'kubectl and the prompt' : 'kubectl and the prompt: no kubectl on the PATH of this machine', () => {
  let served: Served
  let theirs: Session
  let ours: Session
  let folder: string
  beforeAll(async () => {
    const opened = await openServed({ speed: 1 })
    served = opened.served
    theirs = opened.session
    ours = new Session(theirs.options)
    folder = mkdtempSync(join(tmpdir(), 'clusterlab-agrees-'))
    writeFileSync(join(folder, 'kubeconfig'), served.kubeconfig)
    writeFileSync(join(folder, 'app.yaml'), MANIFEST)
    for (const session of [theirs, ours]) {
      session.write('app.yaml', MANIFEST)
      session.run('kubectl apply -f app.yaml')
      session.run('kubectl create cronjob tick --image=busybox --schedule="0 0 1 1 *"')
      session.advance(10_000)
    }
  })
  afterAll(async () => {
    await served.close()
    rmSync(folder, { recursive: true })
  })

  const real = (command: string): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }
      execFile('sh', ['-c', `{ ${command}\n} 2>&1`], { env, cwd: folder, timeout: 30_000 }, (error, out) =>
        resolve({ code: error === null ? 0 : Number(error.code), out }),
      )
    })

  test.each([
    'get cm odd -o yaml',
    'get cm odd -o custom-columns=D:.data',
    'get deploy web -o wide',
    'get deploy web -o json --show-managed-fields',
    'get deploy web --subresource=scale',
    'get deploy --server-print=false',
    'get deploy,svc --sort-by=.metadata.name',
    'get DEPLOY',
    "get deploy web -o jsonpath='{.spec.template.spec.containers[*].name}{end}'",
    "get deploy web -o go-template='{{.metadata.foo}}' --allow-missing-template-keys=false",
    'get deploy web -w --request-timeout=1s',
    'get pods --request-timeout=x',
    'describe deploy web --show-events=false',
    'describe deploy/web svc/none',
    'api-versions',
    'api-resources -o name',
    'create deployment d --image=reg.io/a/b --port=80 --dry-run=client -o yaml -- sleep 1',
    'create deployment a b --image=x',
    'create job j --from=deploy/web',
    'create service clusterip s --tcp=x',
    'create clusterrole r --verb=get --non-resource-url=logs',
    'create pdb p --selector=a=b --min-available=x%',
    'create secret nope',
    `run p --image=nginx --overrides='[{"op":"add","path":"/metadata/labels/x","value":"y"}]' --override-type=json --dry-run=client -o yaml`,
    'run p --image=nginx --image-pull-policy=Foo',
    'expose cm odd --port=80',
    'autoscale cm odd --max=5',
    'label cm odd a=b --resource-version=1',
    'set env deploy/web A=1 A-',
    'set image cm/odd c=x',
    'patch deploy web --subresource=scale --type=merge -p \'{"spec":{"replicas":2}}\'',
    'rollout undo deploy/none --dry-run=client',
    'rollout restart cm/odd',
    'taint nodes node-a a=b:NoSchedule a=c:NoSchedule',
    'taint nodes node-a k=v',
    'delete cm none --ignore-not-found',
    'echo n | kubectl delete -i cm odd',
  ])(
    '%s',
    async (line) => {
      const command = line.includes('kubectl ') ? line : `kubectl ${line}`
      const expected = await real(command)
      const { output, exitCode } = ours.run(command)
      expect(comparable(output)).toBe(comparable(expected.out))
      expect(exitCode).toBe(expected.code)
    },
    40_000,
  )
})
