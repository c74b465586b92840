/** Nextcloud as a learner deploys it: with MariaDB behind a Service and a claim for /var/www/html. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const MANIFEST = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: cloud}
spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 5Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cloud}
spec:
  replicas: 2
  selector: {matchLabels: {app: cloud}}
  template:
    metadata: {labels: {app: cloud}}
    spec:
      containers:
        - name: nextcloud
          image: nextcloud:31-apache
          env:
            - {name: MYSQL_HOST, value: db}
            - {name: MYSQL_DATABASE, value: nextcloud}
            - {name: MYSQL_USER, value: nc}
            - {name: MYSQL_PASSWORD, value: secret}
            - {name: NEXTCLOUD_ADMIN_USER, value: admin}
            - {name: NEXTCLOUD_ADMIN_PASSWORD, value: pw}
            - {name: NEXTCLOUD_TRUSTED_DOMAINS, value: cloud}
          readinessProbe: {httpGet: {path: /status.php, port: 80, httpHeaders: [{name: Host, value: cloud}]}}
          volumeMounts: [{name: html, mountPath: /var/www/html}]
      volumes: [{name: html, persistentVolumeClaim: {claimName: cloud}}]
`

test('two replicas on one claim become ready, keep an upload, and are administered with occ', () => {
  const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  const said = (command: string): string => session.run(command).output
  session.write('cloud.yaml', MANIFEST)
  said(
    'kubectl run db --image=mariadb:11.4 --port=3306 --expose --env=MARIADB_ROOT_PASSWORD=root --env=MARIADB_DATABASE=nextcloud --env=MARIADB_USER=nc --env=MARIADB_PASSWORD=secret',
  )
  said(
    'kubectl apply -f cloud.yaml; kubectl expose deployment cloud --port=80; kubectl run c --image=curlimages/curl --command -- sleep 36000',
  )
  expect(said('kubectl rollout status deployment cloud --timeout=10m')).toContain('successfully rolled out')
  const curl = (rest: string): string => said(`kubectl exec c -- curl -s -u admin:pw ${rest}`)
  expect(curl('-X PUT -d hello -o /dev/null -w "%{http_code}" http://cloud/remote.php/dav/files/admin/a.txt')).toBe('201')
  for (let i = 0; i < 4; i++) expect(curl('http://cloud/remote.php/dav/files/admin/a.txt')).toBe('hello')
  expect(said('kubectl exec deploy/cloud -- php occ status')).toContain(
    'Console has to be executed with the user that owns the file config/config.php',
  )
  expect(said("kubectl exec deploy/cloud -- su -s /bin/sh www-data -c 'php occ status'")).toContain('- installed: true')
  expect(said('kubectl exec deploy/cloud -- occ maintenance:mode --on')).toBe('Maintenance mode enabled\n')
  expect(curl('-o /dev/null -w "%{http_code}" http://cloud/login')).toBe('503')
  expect(said('kubectl exec deploy/cloud -- ls -l /var/www/html/config/config.php')).toContain('www-data')
})
