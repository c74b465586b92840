/** What the notes would ask of real programs: WordPress in maintenance is alive and not ready; a database that only the administrator may enter, too. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Checkpoint } from '../../src/cluster/world.ts'
import { Session } from '../../src/session/session.ts'

const session = new Session({ world: { preset: 'default', addOns: ['kube-proxy', 'coredns'] }, namespace: 'default' })
const { world } = session
session.write(
  'web.yaml',
  `
apiVersion: v1
kind: Pod
metadata: {name: mariadb, labels: {app: mariadb}}
spec:
  containers:
    - name: mariadb
      image: mariadb:11.4
      env: [{name: MARIADB_ROOT_PASSWORD, value: root}, {name: MARIADB_DATABASE, value: wp}, {name: MARIADB_USER, value: wp}, {name: MARIADB_PASSWORD, value: pw}]
      startupProbe: {exec: {command: [mariadb-admin, -uroot, -proot, ping]}, periodSeconds: 5, failureThreshold: 36}
      livenessProbe: {exec: {command: [mariadb-admin, -uroot, -proot, ping]}, periodSeconds: 5}
      readinessProbe: {exec: {command: [mariadb, -uwp, -ppw, -e, SELECT 1]}, periodSeconds: 5}
---
apiVersion: v1
kind: Service
metadata: {name: mariadb-service}
spec: {selector: {app: mariadb}, ports: [{port: 3307, targetPort: 3306}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: wp}
spec:
  replicas: 2
  selector: {matchLabels: {app: wp}}
  template:
    metadata: {labels: {app: wp}}
    spec:
      containers:
        - name: wp
          image: wordpress:6.8-apache
          env: [{name: WORDPRESS_DB_HOST, value: "mariadb-service:3307"}, {name: WORDPRESS_DB_NAME, value: wp}, {name: WORDPRESS_DB_USER, value: wp}, {name: WORDPRESS_DB_PASSWORD, value: pw}]
          livenessProbe: {httpGet: {path: /readme.html, port: 80}, periodSeconds: 5, timeoutSeconds: 3}
          readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5, timeoutSeconds: 3}
---
apiVersion: v1
kind: Service
metadata: {name: wp-service}
spec: {selector: {app: wp}, ports: [{port: 8080, targetPort: 80}]}
`,
)
expect(session.run('kubectl apply -f web.yaml').exitCode).toBe(0)
session.advance(120_000)
let fresh: Checkpoint
beforeEach(() => {
  fresh = world.checkpoint()
})
afterEach(() => world.rewind(fresh, true))

const pods = (app: string): string[] => world.cluster.read.labelled('pods', 'default', 'app', app).map((p) => p.metadata.name)
const restarts = (app: string): number =>
  world.cluster.read.labelled('pods', 'default', 'app', app).reduce((n, p) => n + (p.status?.containerStatuses?.[0]?.restartCount ?? 0), 0)
const inPool = (service: string): number =>
  world.cluster.read
    .labelled('endpointslices.discovery.k8s.io', 'default', 'kubernetes.io/service-name', service)
    .flatMap((s) => s.endpoints ?? [])
    .filter((e) => e.conditions?.ready).length
const run = (command: string): void => expect(session.run(command)).toMatchObject({ exitCode: 0 })
const sql = (statement: string): void => run(`kubectl exec mariadb -- mariadb -uroot -proot -e "${statement}"`)

test('all is well: both copies and the database are in their pools', () => {
  expect([inPool('wp-service'), inPool('mariadb-service'), restarts('wp')]).toEqual([2, 1, 0])
})

test('WordPress is told to update itself: alive, so nobody restarts it; not ready, so nobody is sent there; then it comes back', () => {
  const one = pods('wp')[0]!
  run(`kubectl exec ${one} -- sh -c 'echo "<?php \\$upgrading = time();" > /var/www/html/.maintenance'`)
  session.advance(120_000)
  expect([restarts('wp'), inPool('wp-service')]).toEqual([0, 1])
  run(`kubectl exec ${one} -- rm /var/www/html/.maintenance`)
  session.advance(10_000)
  expect([restarts('wp'), inPool('wp-service')]).toEqual([0, 2])
})

test('with the readiness question asked as liveness the update is killed half-way', () => {
  const asked = '[{"op":"replace","path":"/spec/template/spec/containers/0/livenessProbe/httpGet/path","value":"/"}]'
  run(`kubectl patch deployment wp --type=json -p '${asked}'`)
  run('kubectl rollout status deployment/wp --timeout=120s')
  const one = pods('wp')[0]!
  run(`kubectl exec ${one} -- sh -c 'echo "<?php \\$upgrading = time();" > /var/www/html/.maintenance'`)
  session.advance(60_000)
  expect(restarts('wp')).toBe(1)
})

test('the database during a restore: the administrator gets in (alive), the ordinary user does not (not ready)', () => {
  sql("ALTER USER 'wp'@'%' IDENTIFIED BY 'closed'")
  session.advance(60_000)
  expect([restarts('mariadb'), inPool('mariadb-service')]).toEqual([0, 0])
  sql("ALTER USER 'wp'@'%' IDENTIFIED BY 'pw'")
  session.advance(10_000)
  expect([restarts('mariadb'), inPool('mariadb-service')]).toEqual([0, 1])
})
