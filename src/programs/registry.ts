/** The registry of programs: one line a program. */
import { addOnPrograms } from './add-ons/index.ts'
import { agnhost } from './agnhost/index.ts'
import type { Program } from './contract.ts'
import { elasticsearch } from './elasticsearch/index.ts'
import { envoy } from './envoy/index.ts'
import { filebeat } from './filebeat/index.ts'
import { fluentBit } from './fluent-bit/index.ts'
import { helloApp } from './hello-app/index.ts'
import { hpaExample } from './hpa-example/index.ts'
import { httpEcho } from './http-echo/index.ts'
import { httpd } from './httpd/index.ts'
import { istiod } from './istio/istiod.ts'
import { istioProxy } from './istio/sidecar.ts'
import { kafka } from './kafka/index.ts'
import { kibana } from './kibana/index.ts'
import { kubeStateMetrics } from './kube-state-metrics/index.ts'
import { logstash } from './logstash/index.ts'
import { mariadb } from './mariadb/index.ts'
import { memcached } from './memcached/index.ts'
import { mongo } from './mongo/index.ts'
import { nextcloudCron } from './nextcloud/cron.ts'
import { nextcloud } from './nextcloud/index.ts'
import { nginx } from './nginx/index.ts'
import { nodeExporter } from './node-exporter/index.ts'
import { node } from './node-js/index.ts'
import { pause } from './pause/index.ts'
import { perl } from './perl/index.ts'
import { postgres } from './postgres/index.ts'
import { prometheus } from './prometheus/index.ts'
import { prometheusExampleApp } from './prometheus-example-app/index.ts'
import { python } from './python/index.ts'
import { rabbitmq } from './rabbitmq/index.ts'
import { redis } from './redis/index.ts'
import { stress } from './stress/index.ts'
import { tomcat } from './tomcat/index.ts'
import { whoami } from './whoami/index.ts'
import { wordpress } from './wordpress/index.ts'

/** States are each program's own; the runtime only keeps them. */
const of = <S>(program: Program<S>): Program => program as unknown as Program

export const programs: readonly Program[] = [
  of(nginx),
  of(wordpress),
  of(nextcloud),
  of(nextcloudCron),
  of(httpd),
  of(mariadb),
  of(postgres),
  of(redis),
  of(mongo),
  of(elasticsearch),
  of(kafka),
  of(filebeat),
  of(fluentBit),
  of(logstash),
  of(kibana),
  of(rabbitmq),
  of(tomcat),
  of(envoy),
  of(istiod),
  of(istioProxy),
  of(prometheus),
  of(prometheusExampleApp),
  of(kubeStateMetrics),
  of(nodeExporter),
  of(memcached),
  of(perl),
  of(python),
  of(node),
  of(whoami),
  of(httpEcho),
  of(helloApp),
  of(hpaExample),
  of(agnhost),
  of(pause),
  of(stress),
  ...addOnPrograms,
]
