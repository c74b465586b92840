/** Tags of what Elastic publishes beside Elasticsearch (Kibana, Logstash, Beats): full versions only, no `latest`. */
import { versions } from './define.ts'

/** What all of them have: `major.minor` → highest patch. */
export const SERIES = {
  '7.17': 29,
  '8.10': 4,
  '8.11': 4,
  '8.12': 2,
  '8.13': 4,
  '8.14': 3,
  '8.15': 5,
  '8.16': 6,
  '8.17': 10,
  '8.18': 8,
  '8.19': 5,
  '9.0': 8,
  '9.1': 5,
}

export const elasticVersion = (tag: string): string | undefined =>
  /^\d+\.\d+\.\d+$/.test(tag) ? versions({ series: SERIES })(tag) : undefined
