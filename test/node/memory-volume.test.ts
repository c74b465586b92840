/** An emptyDir in RAM is a tmpfs of its size limit (SizeMemoryBackedVolumes): what is beyond does not fit. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test('a volume in RAM takes as much as its limit says', () => {
  const session = new Session({ world: { preset: 'default' } })
  session.write(
    'pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: ram}
spec:
  containers:
    - name: box
      image: busybox:1.36
      command: [sleep, infinity]
      volumeMounts: [{name: ram, mountPath: /ram}]
  volumes: [{name: ram, emptyDir: {medium: Memory, sizeLimit: 1Ki}}]
`,
  )
  session.run('kubectl apply -f pod.yaml && kubectl wait pod ram --for=condition=Ready --timeout=60s')
  expect(session.run(`kubectl exec ram -- sh -c 'echo little > /ram/a && cat /ram/a'`).output).toBe('little\n')
  const full = session.run(
    `kubectl exec ram -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 >> /ram/a; done'`,
  )
  expect(full.output).toContain('No space left on device')
})
