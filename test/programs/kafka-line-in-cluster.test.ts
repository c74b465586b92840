/** In a whole cluster: three Kafka nodes as a StatefulSet, and nginx beside a Filebeat that sends its log there; a node of Kafka is killed meanwhile. */
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

let session: Session
const said = (command: string): string => session.run(command).output

beforeAll(() => {
  session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  session.write(
    'k.yaml',
    `apiVersion: v1
kind: Service
metadata: {name: broker}
spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: kafka}, ports: [{port: 9092, name: client}, {port: 9093, name: control}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kafka}
spec:
  serviceName: broker
  podManagementPolicy: Parallel
  replicas: 3
  selector: {matchLabels: {app: kafka}}
  template:
    metadata: {labels: {app: kafka}}
    spec:
      enableServiceLinks: false
      containers:
      - name: kafka
        image: apache/kafka:4.1.0
        command: [sh, -c]
        args:
        - |
          export KAFKA_NODE_ID=\${HOSTNAME##*-}
          export KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://$HOSTNAME.broker:9092
          exec /etc/kafka/docker/run
        env:
        - {name: KAFKA_PROCESS_ROLES, value: "broker,controller"}
        - {name: KAFKA_CONTROLLER_QUORUM_VOTERS, value: "0@kafka-0.broker:9093,1@kafka-1.broker:9093,2@kafka-2.broker:9093"}
        - {name: KAFKA_LISTENERS, value: "PLAINTEXT://:9092,CONTROLLER://:9093"}
        - {name: KAFKA_CONTROLLER_LISTENER_NAMES, value: CONTROLLER}
        - {name: KAFKA_DEFAULT_REPLICATION_FACTOR, value: "3"}
        - {name: KAFKA_MIN_INSYNC_REPLICAS, value: "2"}
        - {name: KAFKA_LOG_DIRS, value: /data/logs}
        readinessProbe: {tcpSocket: {port: 9092}}
        volumeMounts: [{name: data, mountPath: /data}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: beat}
data:
  filebeat.yml: |
    filebeat.inputs:
    - {type: filestream, id: web, paths: [/logs/access.log]}
    output.kafka: {hosts: ["broker:9092"], topic: web, required_acks: -1}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: nginx, image: nginx, volumeMounts: [{name: logs, mountPath: /var/log/nginx}]}
  - name: beat
    image: docker.elastic.co/beats/filebeat:8.15.5
    args: [-e, -c, /etc/filebeat.yml]
    volumeMounts: [{name: logs, mountPath: /logs}, {name: conf, mountPath: /etc/filebeat.yml, subPath: filebeat.yml}]
  volumes: [{name: logs, emptyDir: {}}, {name: conf, configMap: {name: beat}}]
`,
  )
  said(
    'kubectl apply -f k.yaml; kubectl rollout status statefulset kafka --timeout=180s; kubectl wait pod web --for=condition=Ready; sleep 20',
  )
})

const tool = (command: string): string => said(`kubectl exec kafka-0 -- /opt/kafka/bin/${command} --bootstrap-server broker:9092`)
const records = (): string =>
  said(
    'kubectl exec kafka-0 -- /opt/kafka/bin/kafka-console-consumer.sh --topic web --from-beginning --timeout-ms 2000 --bootstrap-server broker:9092',
  )

test('three nodes find each other by name, and a line of nginx arrives', () => {
  expect(tool('kafka-metadata-quorum.sh describe --status')).toMatch(/LeaderId: +[012]\n/)
  said(
    "curl -s http://$(kubectl get pod web -o jsonpath='{.status.podIP}')/one; kubectl exec web -c nginx -- curl -s localhost/one; sleep 15",
  )
  expect(tool('kafka-topics.sh --describe --topic web')).toMatch(/ReplicationFactor: 3.*\n.*Isr: .,.,.\n/)
  expect(records()).toContain('GET /one HTTP/1.1')
})

test('a broker dies and comes back with its data; no line is lost', () => {
  for (let n = 0; n < 40; n++) {
    if (n === 5) said('kubectl delete pod kafka-1 --grace-period=0 --force')
    said(`kubectl exec web -c nginx -- curl -s localhost/line-${n}; sleep 1`)
  }
  said('kubectl wait pod kafka-1 --for=condition=Ready --timeout=120s; sleep 90')
  const all = records()
  expect(Array.from({ length: 40 }, (_, n) => n).filter((n) => !all.includes(`GET /line-${n} `))).toEqual([])
  expect(tool('kafka-topics.sh --describe --topic web')).toMatch(/Isr: .,.,.\n/)
})
