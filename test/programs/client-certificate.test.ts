/** curl --cert and --key against a server that asks for a certificate. */
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const pem = (name: string): string => readFileSync(`test/cluster/fixtures/webhook/${name}`, 'utf8')
const ENVOY = `static_resources:
  listeners:
  - address: {socket_address: {address: 0.0.0.0, port_value: 8443}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          route_config: {virtual_hosts: [{domains: ['*'], routes: [{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: welcome}}}]}]}
      transport_socket: {name: tls, typed_config: {require_client_certificate: true, common_tls_context: {validation_context: {trusted_ca: {filename: /tls/ca.crt}}, tls_certificates: [{certificate_chain: {filename: /tls/hook.crt}, private_key: {filename: /tls/hook.key}}]}}}
`

let session: Session
const said = (line: string): string => session.run(line).output

beforeAll(() => {
  session = new Session({ world: { preset: 'default', seed: '1' } })
  session.write('envoy.yaml', ENVOY)
  for (const name of ['ca.crt', 'hook.crt', 'hook.key']) session.write(name, pem(name))
  said('kubectl create configmap envoy --from-file=envoy.yaml')
  said('kubectl create secret generic tls --from-file=ca.crt --from-file=hook.crt --from-file=hook.key')
  session.world.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'guarded', namespace: 'default', labels: { app: 'guarded' } },
    spec: {
      volumes: [
        { name: 'config', configMap: { name: 'envoy' } },
        { name: 'tls', secret: { secretName: 'tls' } },
      ],
      containers: [
        {
          name: 'envoy',
          image: 'envoyproxy/envoy:v1.35.3',
          volumeMounts: [
            { name: 'config', mountPath: '/etc/envoy' },
            { name: 'tls', mountPath: '/tls' },
          ],
        },
        { name: 'tools', image: 'curlimages/curl', command: ['sleep', '1d'], volumeMounts: [{ name: 'tls', mountPath: '/tls' }] },
      ],
    },
  } as never)
  session.advance(60_000)
})

test.each([
  ['--cert /tls/hook.crt --key /tls/hook.key', 'welcome'],
  ['-E /tls/hook.crt --key /tls/hook.key', 'welcome'],
  ['', 'exit code 56'],
  ['--cert /tls/ca.crt --key /tls/hook.key', "curl: (58) unable to set private key file: '/tls/hook.key' type PEM"],
  ['--cert /tls/none.crt', 'curl: (58) could not load PEM client certificate from /tls/none.crt'],
])('curl %s', (options, text) => {
  expect(said(`kubectl exec guarded -c tools -- curl -k -sS -m 5 ${options} https://localhost:8443/`)).toContain(text)
})
