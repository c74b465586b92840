/** EndpointSlice port names are DNS labels, as the API's documentation has it: `kubectl create service --tcp=80:8080` names its port `80-8080`. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

test('a Service whose port is called 80-8080 gets endpoints', () => {
  const session = new Session({ world: { preset: 'bare' } })
  session.run('kubectl create deployment menu --image=nginx --port=8080 && kubectl create service clusterip menu --tcp=80:8080')
  session.advance(10_000)
  const ports = '{.items[0].ports[0].name} {.items[0].endpoints[0].conditions.ready}'
  expect(session.run(`kubectl get endpointslices -l kubernetes.io/service-name=menu -o jsonpath='${ports}'`).output).toBe('80-8080 true')
})
