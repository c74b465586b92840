import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test('a Service asked again and again by kubectl exec shows all its pods; the same session gives the same ones', () => {
  const play = (): string[] => {
    const session = new Session({ world: { preset: 'default', seed: '1' } })
    const said = (line: string): string => session.run(line).output
    said('kubectl create deployment web --image=registry.k8s.io/e2e-test-images/agnhost:2.53 --replicas=3 --port=8080 -- /agnhost netexec')
    said('kubectl expose deployment web --port=8080; kubectl run c --image=curlimages/curl -- sleep 1d')
    said('kubectl rollout status deployment web; kubectl wait --for=condition=Ready pod c')
    return Array.from({ length: 20 }, () => said('kubectl exec c -- curl -s web:8080/hostname'))
  }
  const first = play()
  expect(new Set(first).size).toBe(3)
  expect(play()).toEqual(first)
})
