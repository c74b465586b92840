import { expect, test } from 'vitest'
import { FakeCluster } from './fake-cluster.ts'

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: c, image: nginx}]
`

test('apply creates, leaves alone, configures; get and delete tell of it', () => {
  const cluster = new FakeCluster()
  cluster.file('web.yaml', deployment)
  expect(cluster.run('apply -f web.yaml')).toMatchObject({ all: 'deployment.apps/web created\n', code: 0 })
  expect(cluster.run('apply -f web.yaml').all).toBe('deployment.apps/web unchanged\n')
  cluster.file('web.yaml', deployment.replace('replicas: 1', 'replicas: 3'))
  expect(cluster.run('apply -f web.yaml').all).toBe('deployment.apps/web configured\n')
  expect(cluster.run('get deploy').out).toMatch(/^NAME {3}READY {3}UP-TO-DATE {3}AVAILABLE {3}AGE\nweb {4}/)
  expect(cluster.run('get deploy web -o name').out).toBe('deployment.apps/web\n')
  expect(cluster.run('delete -f web.yaml').all).toBe('deployment.apps "web" deleted from lab namespace\n')
  expect(cluster.run('get deploy web')).toMatchObject({ err: 'Error from server (NotFound): deployments.apps "web" not found\n', code: 1 })
})
