/** The whiteboard "Deployments vs StatefulSets": whose volume is whose, who is like whom, whom one can call, and what comes back after a fall. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/generated/types/core-v1.ts'
import type { Checkpoint } from '../../src/cluster/world.ts'
import { Session } from '../../src/session/session.ts'

const session = new Session({
  world: { preset: 'default', addOns: ['kube-proxy', 'coredns', 'canal', 'nfs', 'local-path'] },
  namespace: 'default',
})
const { world } = session
const GALERA =
  'exec docker-entrypoint.sh mariadbd --wsrep-on=ON --wsrep-cluster-address=gcomm://galera-0.galera,galera-1.galera,galera-2.galera --wsrep-node-name=$HOSTNAME --binlog-format=ROW'
session.write(
  'both.yaml',
  `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: nextcloud}
spec:
  storageClassName: nfs
  accessModes: [ReadWriteMany]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: nextcloud}
spec:
  replicas: 3
  selector: {matchLabels: {app: nextcloud}}
  template:
    metadata: {labels: {app: nextcloud}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: nextcloud
          image: busybox:1.37
          command: [sh, -c, sleep 1d]
          volumeMounts: [{name: files, mountPath: /data}]
      volumes: [{name: files, persistentVolumeClaim: {claimName: nextcloud}}]
---
apiVersion: v1
kind: Service
metadata: {name: nextcloud}
spec: {selector: {app: nextcloud}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: galera}
spec:
  replicas: 3
  serviceName: galera
  selector: {matchLabels: {app: galera}}
  template:
    metadata: {labels: {app: galera}}
    spec:
      terminationGracePeriodSeconds: 5
      containers:
        - name: galera
          image: mariadb:11.4
          command: [sh, -c, 'if [ $HOSTNAME = galera-0 ] && [ ! -f /var/lib/mysql/grastate.dat ]; then NEW=--wsrep-new-cluster; fi; ${GALERA} $NEW']
          env: [{name: MARIADB_ROOT_PASSWORD, value: root}]
          readinessProbe: {exec: {command: [mariadb, -uroot, -proot, -e, SELECT 1]}, periodSeconds: 3}
          volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: Service
metadata: {name: galera}
spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: galera}, ports: [{port: 3306}]}
---
apiVersion: v1
kind: Service
metadata: {name: galera-any}
spec: {selector: {app: galera}, ports: [{port: 3306}]}
`,
)
expect(session.run('kubectl apply -f both.yaml').exitCode).toBe(0)
session.advance(240_000)
let fresh: Checkpoint
beforeEach(() => {
  fresh = world.checkpoint()
})
afterEach(() => world.rewind(fresh, true))

type App = 'nextcloud' | 'galera'
const pods = (app: App): Pod[] => world.cluster.read.labelled('pods', 'default', 'app', app).filter((p) => !p.metadata.deletionTimestamp)
const names = (app: App): string[] => pods(app).map((p) => p.metadata.name)
const ready = (app: App): number => pods(app).filter((p) => p.status?.containerStatuses?.[0]?.ready).length
const claims = (app: App): string[] =>
  [...new Set(pods(app).flatMap((p) => p.spec!.volumes!.flatMap((v) => v.persistentVolumeClaim?.claimName ?? [])))].sort()
const volumes = (app: App): number =>
  new Set(claims(app).map((c) => world.cluster.read.get('persistentvolumeclaims', 'default', c)?.spec?.volumeName)).size
const out = (command: string): string => session.run(command).output.trim()
const remove = (name: string): void => {
  session.run(`kubectl delete pod ${name} --wait=false`)
  session.advance(90_000)
}
const sql = (pod: string, statement: string): string => out(`kubectl exec ${pod} -- mariadb -uroot -proot -N -e "${statement}"`)
/** What a name is to a pod of the cluster. */
const addresses = (name: string): string[] => {
  const from = pods('nextcloud')[0]!
  const asked = world.network.resolve(
    {
      kind: 'pod',
      namespace: 'default',
      name: from.metadata.name,
      uid: from.metadata.uid!,
      ip: from.status!.podIP!,
      node: from.spec!.nodeName!,
    },
    name,
  )
  return asked.ok ? asked.records.map((r) => r.data).sort() : []
}

test('both have their three', () => expect([ready('nextcloud'), ready('galera')]).toEqual([3, 3]))

describe('volumes', () => {
  test.each([
    // who, claims, volumes
    ['Deployment: one PVC -> 1 PV that all share', 'nextcloud', ['nextcloud'], 1],
    ['StatefulSet: 1 plantilla de PVC -> 3 PVCs -> 3 PVs', 'galera', ['data-galera-0', 'data-galera-1', 'data-galera-2'], 3],
  ] as [string, App, string[], number][])('%s', (_row, app, expected, count) =>
    expect([claims(app), volumes(app)]).toEqual([expected, count]),
  )

  test('Deployment: a PDF that one replica takes is with all of them', () => {
    const [first, ...others] = names('nextcloud')
    out(`kubectl exec ${first} -- sh -c 'echo tarta > /data/carta.pdf'`)
    expect(others.map((p) => out(`kubectl exec ${p} -- cat /data/carta.pdf`))).toEqual(['tarta', 'tarta'])
  })

  test('StatefulSet: a file that one writes is with that one only', () => {
    out("kubectl exec galera-1 -- sh -c 'echo mine > /var/lib/mysql/whose'")
    expect(names('galera').map((p) => session.run(`kubectl exec ${p} -- cat /var/lib/mysql/whose`).exitCode)).toEqual([1, 0, 1])
  })

  // The notes let each node hold a part (DATOA DATOB | DATOA DATOC | DATOB DATOC): with Galera every node holds all (ERRATA).
  test('Galera: what is written at one node is on all three', () => {
    sql('galera-1', "CREATE DATABASE d; CREATE TABLE d.t (v TEXT); INSERT INTO d.t VALUES ('DATOA'), ('DATOB')")
    expect(names('galera').map((p) => sql(p, 'SELECT v FROM d.t').split('\n'))).toEqual(Array(3).fill(['DATOA', 'DATOB']))
  })
})

describe('personality', () => {
  test('Deployment: a pod that falls is replaced by another, with another name', () => {
    const before = names('nextcloud')
    remove(before[0]!)
    const after = names('nextcloud')
    expect([after.length, after.filter((n) => before.includes(n)).length]).toEqual([3, 2])
  })

  test('StatefulSet: who falls comes back with its name, its claim and its data', () => {
    out("kubectl exec galera-1 -- sh -c 'echo mine > /var/lib/mysql/whose'")
    const before = pods('galera')[1]!
    remove('galera-1')
    const after = pods('galera')[1]!
    expect([after.metadata.name, after.metadata.uid === before.metadata.uid]).toEqual(['galera-1', false])
    expect(out('kubectl exec galera-1 -- cat /var/lib/mysql/whose')).toBe('mine')
  })

  test('StatefulSet: scaled down and up again, the third has the volume it had', () => {
    const volume = (): string | undefined => world.cluster.read.get('persistentvolumeclaims', 'default', 'data-galera-2')?.spec?.volumeName
    const had = volume()
    session.run('kubectl scale statefulset galera --replicas=2')
    session.advance(60_000)
    expect([names('galera').length, volume()]).toEqual([2, had])
    session.run('kubectl scale statefulset galera --replicas=3')
    session.advance(90_000)
    expect([ready('galera'), volume()]).toEqual([3, had])
  })

  // The notes have it work through a ReplicaSet: it makes its pods itself (ERRATA).
  test.each([
    ['Deployment', 'nextcloud', 'ReplicaSet'],
    ['StatefulSet', 'galera', 'StatefulSet'],
  ] as [string, App, string][])('%s: its pods belong to a %s', (_sort, app, owner) => {
    expect(new Set(pods(app).map((p) => p.metadata.ownerReferences![0]!.kind))).toEqual(new Set([owner]))
  })
})

describe('whom one can call', () => {
  const ips = (app: App): string[] =>
    pods(app)
      .map((p) => p.status!.podIP!)
      .sort()
  test.each([
    ['Deployment: a name that balances', 'nextcloud', () => [world.cluster.read.get('services', 'default', 'nextcloud')!.spec!.clusterIP!]],
    [
      'StatefulSet: a name that balances, too',
      'galera-any',
      () => [world.cluster.read.get('services', 'default', 'galera-any')!.spec!.clusterIP!],
    ],
    ['StatefulSet: a name for all of them', 'galera', () => ips('galera')],
    ['StatefulSet: a name for each: the first', 'galera-0.galera', () => [pods('galera')[0]!.status!.podIP!]],
    ['StatefulSet: a name for each: the third', 'galera-2.galera.default.svc.cluster.local', () => [pods('galera')[2]!.status!.podIP!]],
    ['Deployment: no name for one of them', 'nextcloud-0.nextcloud', () => []],
  ])('%s', (_row, name, expected) => expect(addresses(name)).toEqual(expected()))

  test('the name of one stays when its address changes', () => {
    const before = addresses('galera-1.galera')
    remove('galera-1')
    remove(names('nextcloud')[0]!)
    expect(addresses('galera-1.galera')).toEqual([pods('galera')[1]!.status!.podIP!])
    expect(before.length).toBe(1)
  })
})
