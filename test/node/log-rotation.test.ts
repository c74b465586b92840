/** Container logs that grow: put aside beyond the limit, a few kept, and only the current file shown by kubectl logs. */
import { beforeEach, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

/** So many lines of 1 kB every two seconds, each with its number. */
function writer(lines: number): void {
  const script = `x=$(printf '%01000d' 0); i=0; while true; do j=0; while [ $j -lt ${lines} ]; do i=$((i+1)); j=$((j+1)); echo "$i $x"; done; sleep 2; done`
  session.write(
    'pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  nodeName: node-a
  containers: [{name: c, image: "busybox:1.36", command: [sh, -c, ${JSON.stringify(script)}]}]
`,
  )
  run('kubectl apply -f pod.yaml')
}
const configure = (text: string): void => {
  run(`ssh node-a 'printf "${text}" >> /var/lib/kubelet/config.yaml; systemctl restart kubelet'`)
}
const files = (): string[] => run("ssh node-a 'ls /var/log/pods/default_p_*/c'").trim().split('\n')
const first = (): number => Number(run('kubectl logs p --limit-bytes=20').split(' ')[0])

test('at 10Mi a new file is begun: what was put aside is not shown any more', () => {
  writer(200)
  session.advance(60_000)
  expect(files()).toEqual(['0.log'])
  expect(first()).toBe(1)
  session.advance(90_000)
  expect(files()).toHaveLength(2)
  expect(files()[1]).toMatch(/^0\.log\.\d{8}-\d{6}$/)
  expect(first()).toBeGreaterThan(5_000)
})

test('containerLogMaxSize and containerLogMaxFiles of the node’s kubelet: so many files and no more', () => {
  configure('containerLogMaxSize: 100Ki\\ncontainerLogMaxFiles: 3\\n')
  writer(50)
  session.advance(120_000)
  expect(files()).toHaveLength(3)
  const from = first()
  expect(from).toBeGreaterThan(1_000)
  // One who follows goes on across the change.
  expect(run('kubectl logs p --tail=1')).toMatch(/^\d+ 0+\n$/)
  expect(run('kubectl logs p --since=1h --limit-bytes=20').split(' ')[0]).toBe(String(from))
})

test('what cannot be is left at the default', () => {
  configure('containerLogMaxSize: much\\ncontainerLogMaxFiles: 1\\n')
  writer(50)
  session.advance(60_000)
  expect(files()).toEqual(['0.log'])
})

test('a line beyond 16 KiB is several entries of the file, and one line for who reads it', () => {
  run(`kubectl run p --image=busybox:1.36 --restart=Never -- sh -c "head -c 40000 /dev/zero | tr '\\\\000' x; echo; echo end"`)
  session.advance(20_000)
  const node = run("kubectl get pod p -o jsonpath='{.spec.nodeName}'")
  expect(run(`ssh ${node} "cut -d' ' -f3 /var/log/pods/default_p_*/p/0.log"`)).toBe('P\nP\nF\nF\n')
  expect(run('kubectl logs p | wc')).toMatch(/^ *2 +2 +40005\n$/)
})

test('a collector that prints what it reads of itself fills its files, and not the machine', () => {
  session.write(
    'beat.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata: {name: beat}
data:
  filebeat.yml: |
    filebeat.inputs:
    - {type: container, paths: [/var/log/containers/*.log]}
    output.console: {}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  nodeName: node-a
  containers:
  - name: c
    image: docker.elastic.co/beats/filebeat:8.15.5
    args: [-e, -c, /etc/filebeat.yml]
    volumeMounts: [{name: log, mountPath: /var/log}, {name: conf, mountPath: /etc/filebeat.yml, subPath: filebeat.yml}]
  volumes: [{name: log, hostPath: {path: /var/log}}, {name: conf, configMap: {name: beat}}]
`,
  )
  run('kubectl apply -f beat.yaml')
  session.advance(120_000)
  expect(files().length).toBeGreaterThan(1)
  for (const size of run("ssh node-a 'stat -c %s /var/log/pods/default_p_*/c/*'").trim().split('\n'))
    expect(Number(size)).toBeLessThan(60 * 1024 * 1024)
})
