/** The real kubectl against the server: skipped, with its reason in its name, on machines that have none. */
import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Served } from '../../src/http/serve.ts'
import { openServed } from './client.ts'

const found = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).status === 0

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]
`

// Left out where kubectl is not on the PATH: there is nothing to run.
describe.skipIf(!found)(found ? 'kubectl' : 'kubectl: not on the PATH of this machine', () => {
  let served: Served
  let folder: string
  let errors: unknown[]
  beforeAll(async () => {
    ;({ served, errors } = await openServed({ speed: 5 }))
    folder = mkdtempSync(join(tmpdir(), 'clusterlab-kubectl-'))
    writeFileSync(join(folder, 'kubeconfig'), served.kubeconfig)
    writeFileSync(join(folder, 'web.yaml'), MANIFEST)
  })
  afterAll(async () => {
    await served.close()
    rmSync(folder, { recursive: true })
    expect(errors).toEqual([])
  })

  const kubectl = (...args: string[]): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder, EDITOR: "sed -i 's/replicas: .*/replicas: 1/'" }
      const child = execFile('kubectl', args, { env, cwd: folder, timeout: 30_000 }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out: stdout + stderr }),
      )
      child.stdin?.end('typed\n')
    })

  test.each<[string, number, RegExp | string]>([
    ['version', 0, /Server Version: v1\.36/],
    ['get nodes', 0, /control-plane +Ready +control-plane/],
    ['apply -f web.yaml', 0, 'deployment.apps/web created\n'],
    ['rollout status deploy/web', 0, /successfully rolled out/],
    ['get deploy web', 0, /web +2\/2 +2 +2/],
    ['scale deploy/web --replicas=3', 0, 'deployment.apps/web scaled\n'],
    ['wait --for=jsonpath={.status.readyReplicas}=3 deploy/web', 0, 'deployment.apps/web condition met\n'],
    ['describe deploy web', 0, /Replicas: +3 desired \| 3 updated \| 3 total \| 3 available/],
    ['edit deploy web', 0, 'deployment.apps/web edited\n'],
    ['exec deploy/web -- sh -c exit\u00a05', 5, /command terminated with exit code 5/],
    ['exec -i deploy/web -- cat', 0, 'typed\n'],
    ['logs deploy/web', 0, ''],
    ['create deployment typed --image=nginx --replicas=0', 0, 'deployment.apps/typed created\n'],
    ['create configmap typed --from-literal=a=b', 0, 'configmap/typed created\n'],
    ['expose deploy web --port=80', 0, 'service/web exposed\n'],
    ['run one --image=nginx', 0, 'pod/one created\n'],
    ['auth can-i create pods', 0, 'yes\n'],
    ['auth can-i create pods --as=nobody', 1, /^no\n/],
    ['auth whoami', 0, /Username +admin/],
    [
      'api-resources --api-group=apps -o name',
      0,
      'controllerrevisions.apps\ndaemonsets.apps\ndeployments.apps\nreplicasets.apps\nstatefulsets.apps\n',
    ],
    ['explain deployment.spec.replicas', 0, /FIELD: replicas <integer>/],
    ['apply --server-side -f web.yaml --force-conflicts', 0, 'deployment.apps/web serverside-applied\n'],
    ['apply -f web.yaml --dry-run=server', 0, /deployment.apps\/web .*\(server dry run\)/],
    ['diff -f web.yaml', 0, ''],
    ['get pods -w --request-timeout=1s', 0, /^NAME /],
    ['get pods none', 1, 'Error from server (NotFound): pods "none" not found\n'],
    ['drain node-a --ignore-daemonsets --force', 0, /node\/node-a drained/],
    ['delete deploy web typed', 0, /"web" deleted/],
    ['get --raw /healthz', 0, 'ok'],
  ])(
    '%s',
    async (line, code, output) => {
      const result = await kubectl(...line.split(' ').map((word) => word.replace('\u00a0', ' ')))
      expect(result.out).toMatch(output)
      expect(result.code).toBe(code)
      if (typeof output === 'string' && code === 0) expect(result.out.replace(/^Warning.*\n/gm, '')).toBe(output)
    },
    40_000,
  )

  test('port-forward', async () => {
    await kubectl('uncordon', 'node-a')
    await kubectl('run', 'forwarded', '--image=nginx', '--port=80')
    await kubectl('wait', '--for=condition=Ready', 'pod/forwarded')
    const child = spawn('kubectl', ['port-forward', 'pod/forwarded', ':80', ':81'], {
      env: { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder },
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    await expect.poll(() => printed, { timeout: 10_000 }).toMatch(/127\.0\.0\.1:\d+ -> 80\n[\s\S]*127\.0\.0\.1:\d+ -> 81/)
    const portOf = (port: number): string => new RegExp(`127\\.0\\.0\\.1:(\\d+) -> ${port}`).exec(printed)![1]!
    for (let i = 0; i < 3; i++) expect((await fetch(`http://127.0.0.1:${portOf(80)}/`)).status).toBe(200)
    await expect(fetch(`http://127.0.0.1:${portOf(81)}/`)).rejects.toThrow()
    await expect.poll(() => printed).toContain('error forwarding port 81 to pod forwarded')
    child.kill()
  }, 30_000)
})
