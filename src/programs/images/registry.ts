/** The registry of images: one line an image; and the official names of Docker Hub whose behaviour is not simulated. */
import { addOnImages } from '../add-ons/index.ts'
import { agnhostImage } from '../agnhost/index.ts'
import { alpineImage, busyboxImage, curlImage, debianImage, dnsutilsImage, netshootImage, ubuntuImage } from '../base/images.ts'
import { elasticsearchImage } from '../elasticsearch/image.ts'
import { envoyImage } from '../envoy/index.ts'
import { filebeatImage } from '../filebeat/index.ts'
import { fluentBitImage } from '../fluent-bit/index.ts'
import { helloAppImage } from '../hello-app/index.ts'
import { hpaExampleImage } from '../hpa-example/index.ts'
import { httpEchoImage } from '../http-echo/index.ts'
import { httpdImage } from '../httpd/index.ts'
import { istioImages } from '../istio/image.ts'
import { bitnamiKafkaImage, kafkaImage } from '../kafka/image.ts'
import { kibanaImage } from '../kibana/index.ts'
import { kubeStateMetricsImage } from '../kube-state-metrics/index.ts'
import { logstashImage } from '../logstash/index.ts'
import { mariadbImage, mysqlImage } from '../mariadb/image.ts'
import { memcachedImage } from '../memcached/index.ts'
import { mongoImage } from '../mongo/image.ts'
import { nextcloudImage } from '../nextcloud/image.ts'
import { nginxImage, nginxSlimImage, nginxUnprivilegedImage } from '../nginx/image.ts'
import { nodeExporterImage } from '../node-exporter/index.ts'
import { nodeImage } from '../node-js/image.ts'
import { pauseImage } from '../pause/index.ts'
import { perlImage } from '../perl/index.ts'
import { postgresImage } from '../postgres/image.ts'
import { prometheusImage } from '../prometheus/index.ts'
import { prometheusExampleAppImage } from '../prometheus-example-app/index.ts'
import { pythonImage } from '../python/image.ts'
import { rabbitmqImage } from '../rabbitmq/index.ts'
import { redisImage, valkeyImage } from '../redis/image.ts'
import { stressImage } from '../stress/index.ts'
import { tomcatImage } from '../tomcat/index.ts'
import { whoamiImage } from '../whoami/index.ts'
import { wordpressImage } from '../wordpress/image.ts'
import type { ImageRecord } from './define.ts'

export const imageRecords: readonly ImageRecord[] = [
  nginxImage,
  nginxUnprivilegedImage,
  nginxSlimImage,
  httpdImage,
  wordpressImage,
  nextcloudImage,
  mariadbImage,
  mysqlImage,
  postgresImage,
  redisImage,
  valkeyImage,
  mongoImage,
  elasticsearchImage,
  kafkaImage,
  bitnamiKafkaImage,
  filebeatImage,
  fluentBitImage,
  logstashImage,
  kibanaImage,
  rabbitmqImage,
  tomcatImage,
  envoyImage,
  ...istioImages,
  prometheusImage,
  prometheusExampleAppImage,
  kubeStateMetricsImage,
  nodeExporterImage,
  memcachedImage,
  busyboxImage,
  alpineImage,
  debianImage,
  ubuntuImage,
  curlImage,
  netshootImage,
  dnsutilsImage,
  perlImage,
  pythonImage,
  nodeImage,
  whoamiImage,
  httpEchoImage,
  helloAppImage,
  hpaExampleImage,
  agnhostImage,
  pauseImage,
  stressImage,
  ...addOnImages,
]

/** Official images that exist, pull and idle: name → compressed bytes. Any other name without a user or organisation does not exist. */
export const unsimulatedOfficial: Readonly<Record<string, number>> = {
  adminer: 44_000_000,
  almalinux: 65_000_000,
  amazoncorretto: 210_000_000,
  amazonlinux: 52_000_000,
  arangodb: 200_000_000,
  archlinux: 160_000_000,
  backdrop: 160_000_000,
  bash: 6_000_000,
  'buildpack-deps': 340_000_000,
  caddy: 20_000_000,
  cassandra: 140_000_000,
  centos: 80_000_000,
  chronograf: 60_000_000,
  clickhouse: 190_000_000,
  clojure: 250_000_000,
  composer: 70_000_000,
  consul: 52_000_000,
  couchbase: 480_000_000,
  couchdb: 96_000_000,
  crate: 330_000_000,
  dart: 300_000_000,
  docker: 140_000_000,
  drupal: 200_000_000,
  'eclipse-mosquitto': 9_000_000,
  'eclipse-temurin': 180_000_000,
  elixir: 620_000_000,
  emqx: 95_000_000,
  erlang: 560_000_000,
  fedora: 68_000_000,
  flink: 370_000_000,
  fluentd: 18_000_000,
  friendica: 210_000_000,
  gcc: 480_000_000,
  ghost: 190_000_000,
  golang: 300_000_000,
  gradle: 340_000_000,
  groovy: 260_000_000,
  haproxy: 43_000_000,
  haskell: 500_000_000,
  'hello-world': 3_000,
  ibmjava: 110_000_000,
  influxdb: 150_000_000,
  jenkins: 300_000_000,
  jetty: 190_000_000,
  joomla: 190_000_000,
  jruby: 180_000_000,
  julia: 180_000_000,
  kapacitor: 50_000_000,
  kong: 120_000_000,
  krakend: 40_000_000,
  liquibase: 170_000_000,
  matomo: 200_000_000,
  maven: 250_000_000,
  mediawiki: 270_000_000,
  'mongo-express': 65_000_000,
  monica: 220_000_000,
  nats: 7_000_000,
  'nats-streaming': 8_000_000,
  neo4j: 260_000_000,
  odoo: 600_000_000,
  'open-liberty': 330_000_000,
  openjdk: 240_000_000,
  oraclelinux: 95_000_000,
  percona: 240_000_000,
  photon: 15_000_000,
  php: 170_000_000,
  phpmyadmin: 180_000_000,
  plone: 200_000_000,
  pypy: 380_000_000,
  'r-base': 320_000_000,
  redmine: 200_000_000,
  registry: 18_000_000,
  rethinkdb: 52_000_000,
  'rocket.chat': 600_000_000,
  rockylinux: 67_000_000,
  ruby: 380_000_000,
  rust: 580_000_000,
  sapmachine: 230_000_000,
  solr: 280_000_000,
  sonarqube: 360_000_000,
  spark: 500_000_000,
  swift: 900_000_000,
  teamspeak: 40_000_000,
  telegraf: 120_000_000,
  tomee: 240_000_000,
  traefik: 48_000_000,
  unit: 160_000_000,
  varnish: 110_000_000,
  vault: 150_000_000,
  'websphere-liberty': 330_000_000,
  xwiki: 400_000_000,
  yourls: 190_000_000,
  znc: 90_000_000,
  zookeeper: 110_000_000,
}
