/** Kafka's images: Apache's own, and Bitnami's (whose versions have moved to `bitnamilegacy`). */
import { type ImageRecord, MB, versions } from '../images/define.ts'

const SCRIPTS = [
  'kafka-topics.sh',
  'kafka-console-producer.sh',
  'kafka-console-consumer.sh',
  'kafka-consumer-groups.sh',
  'kafka-metadata-quorum.sh',
  'kafka-broker-api-versions.sh',
  'kafka-server-start.sh',
]
const SERIES = { '3.7': 2, '3.8': 1, '3.9': 1, '4.0': 0, '4.1': 0 }

export const kafkaImage: ImageRecord = {
  repositories: ['apache/kafka'],
  version: versions({ latest: '4.1.0', series: SERIES }),
  image: (version) => ({
    entrypoint: ['/__cacert_entrypoint.sh'],
    cmd: ['/etc/kafka/docker/run'],
    env: { KAFKA_VERSION: version },
    user: 'appuser',
    users: { appuser: [1000, 1000] },
    owned: { '/opt/kafka': 'appuser', '/var/lib/kafka': 'appuser', '/mnt/shared/config': 'appuser' },
    exposedPorts: [9092],
    sizeBytes: 185 * MB,
    base: 'busybox',
    executables: ['run', ...SCRIPTS],
    files: { '/opt/kafka/config/.keep': '', '/var/lib/kafka/data/.keep': '', '/mnt/shared/config/.keep': '' },
  }),
  scriptRuns: 'run',
}

export const bitnamiKafkaImage: ImageRecord = {
  repositories: ['bitnami/kafka', 'bitnamilegacy/kafka'],
  version: versions({ latest: '4.0.0', series: { '3.6': 2, '3.7': 1, '3.8': 1, '3.9': 0, '4.0': 0 } }),
  image: (version) => ({
    entrypoint: ['/opt/bitnami/scripts/kafka/entrypoint.sh'],
    cmd: ['/opt/bitnami/scripts/kafka/run.sh'],
    env: { APP_VERSION: version, BITNAMI_APP_NAME: 'kafka' },
    user: '1001',
    users: { kafka: [1001, 0] },
    owned: { '/bitnami': 'kafka' },
    exposedPorts: [9092],
    sizeBytes: 240 * MB,
    base: 'debian',
    executables: ['run.sh', ...SCRIPTS],
    files: { '/bitnami/kafka/.keep': '' },
  }),
  scriptRuns: 'run.sh',
}
