/** The way of a log line: a file → Filebeat or Fluent Bit → Kafka or Logstash → Elasticsearch ← Kibana. Each part alone may be away for a minute and nothing is lost. */
import { describe, expect, test } from 'vitest'
import { elasticsearch } from '../../src/programs/elasticsearch/index.ts'
import { filebeat } from '../../src/programs/filebeat/index.ts'
import { fluentBit } from '../../src/programs/fluent-bit/index.ts'
import { kafka } from '../../src/programs/kafka/index.ts'
import { kibana } from '../../src/programs/kibana/index.ts'
import { matches, pathsOf, readNew } from '../../src/programs/log-shipping/tail.ts'
import { logstash } from '../../src/programs/logstash/index.ts'
import type { MemoryFiles } from '../../src/script/memory-files.ts'
import { type FakeProcess, FakeWorld, filesOf, volume } from './fake-world.ts'

const LOG = '/var/log/nginx/access.log'
type Part = 'elasticsearch' | 'kafka' | 'logstash' | 'shipper'
interface Line {
  readonly world: FakeWorld
  readonly parts: Record<string, () => FakeProcess>
  readonly running: Record<string, FakeProcess>
  readonly node: MemoryFiles
}

const BEATS_TO_ES = 'input { beats { port => 5044 } }\noutput { elasticsearch { hosts => ["http://elasticsearch:9200"] index => "web" } }\n'
const KAFKA_TO_ES =
  'input { kafka { bootstrap_servers => "kafka:9092" topics => ["web"] auto_offset_reset => "earliest" codec => json } }\noutput { elasticsearch { hosts => ["http://elasticsearch:9200"] index => "web" } }\n'
const beatConf = (output: string): string => `filebeat.inputs:\n- type: filestream\n  id: web\n  paths: ["${LOG}"]\n${output}`
const TO_LOGSTASH = 'output.logstash:\n  hosts: ["logstash:5044"]\n'
const TO_KAFKA = 'output.kafka:\n  hosts: ["kafka:9092"]\n  topic: web\n'
const TO_ES = 'output.elasticsearch:\n  hosts: ["elasticsearch:9200"]\n  index: web\n'
const FLUENT = (more: string): string =>
  `[SERVICE]\n    Flush 1\n    storage.path /data/chunks\n[INPUT]\n    Name tail\n    Path ${LOG}\n    DB /data/tail.db\n    Read_from_Head On\n    storage.type filesystem\n[OUTPUT]\n    Name es\n    Match *\n    Host elasticsearch\n    Index web\n${more}`

function line(shipper: { readonly conf: string; readonly kind: 'filebeat' | 'fluent-bit' }, logstashConf?: string): Line {
  const world = new FakeWorld()
  const node = filesOf({ '/usr/share/filebeat/filebeat.yml': shipper.conf, '/fluent-bit/etc/fluent-bit.conf': shipper.conf, [LOG]: '' })
  const disks = { es: volume(), kafka: volume(), logstash: filesOf({ '/usr/share/logstash/pipeline/logstash.conf': logstashConf ?? '' }) }
  const parts: Line['parts'] = {
    elasticsearch: () =>
      world.start(elasticsearch, 'elasticsearch', '10.0.1.1', {
        files: disks.es,
        env: { 'discovery.type': 'single-node', 'xpack.security.enabled': 'false' },
      }),
    ...(logstashConf?.includes('kafka') && {
      kafka: () =>
        world.start(kafka, 'kafka', '10.0.1.2', {
          files: disks.kafka,
          argv: ['run'],
          env: {
            KAFKA_NODE_ID: '1',
            KAFKA_PROCESS_ROLES: 'broker,controller',
            KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
            KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
            KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
            KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
          },
        }),
    }),
    ...(logstashConf !== undefined && {
      logstash: () =>
        world.start(logstash, 'logstash', '10.0.1.3', { files: disks.logstash, argv: ['logstash'], env: { QUEUE_TYPE: 'persisted' } }),
    }),
    shipper: () =>
      shipper.kind === 'filebeat'
        ? world.start(filebeat, 'shipper', '10.0.1.4', { files: node, argv: ['filebeat'] })
        : world.start(fluentBit, 'shipper', '10.0.1.4', { files: node, argv: ['fluent-bit', '-c', '/fluent-bit/etc/fluent-bit.conf'] }),
  }
  const running: Line['running'] = {}
  for (const [name, start] of Object.entries(parts)) {
    running[name] = start()
    world.pass(25_000)
  }
  return { world, parts, running, node }
}

/** What Elasticsearch has, by line: how often. */
function found(world: FakeWorld): Map<string, number> {
  const reply = world.http('elasticsearch', 9200, '/web/_search?size=10000')
  const hits = reply.status === 200 ? (JSON.parse(reply.body) as { hits: { hits: { _source: Record<string, string> }[] } }).hits.hits : []
  const out = new Map<string, number>()
  for (const { _source } of hits) {
    const text = _source['message'] ?? _source['log'] ?? ''
    out.set(text, (out.get(text) ?? 0) + 1)
  }
  return out
}

const LINES: readonly [string, () => Line, readonly Part[]][] = [
  ['Filebeat → Elasticsearch', () => line({ kind: 'filebeat', conf: beatConf(TO_ES) }), ['elasticsearch', 'shipper']],
  [
    'Filebeat → Logstash → Elasticsearch',
    () => line({ kind: 'filebeat', conf: beatConf(TO_LOGSTASH) }, BEATS_TO_ES),
    ['elasticsearch', 'logstash', 'shipper'],
  ],
  [
    'Filebeat → Kafka → Logstash → Elasticsearch',
    () => line({ kind: 'filebeat', conf: beatConf(TO_KAFKA) }, KAFKA_TO_ES),
    ['elasticsearch', 'kafka', 'logstash', 'shipper'],
  ],
  ['Fluent Bit → Elasticsearch', () => line({ kind: 'fluent-bit', conf: FLUENT('    Retry_Limit False\n') }), ['elasticsearch', 'shipper']],
]

describe.each(LINES)('%s', (_name, made, parts) => {
  test.each(parts)('%s is away for a minute', (part) => {
    const l = made()
    const wanted: string[] = []
    const write = (): void => {
      const text = `GET /page/${wanted.length}`
      wanted.push(text)
      l.node.append(LOG, `${text}\n`)
    }
    for (let second = 0; second < 180; second++) {
      if (second === 40) l.running[part]!.kill()
      if (second === 100) l.running[part] = l.parts[part]!()
      write()
      l.world.pass(1_000)
    }
    l.world.pass(300_000)
    const there = found(l.world)
    expect(wanted.filter((w) => !there.has(w))).toEqual([])
    // At least once; twice only what was under way when something broke.
    expect([...there.values()].filter((n) => n > 1).length).toBeLessThan(20)
  })
})

describe('what is lost where nothing promises otherwise', () => {
  test('Fluent Bit gives a chunk up after one more try', () => {
    const l = line({ kind: 'fluent-bit', conf: FLUENT('') })
    l.running['elasticsearch']!.kill()
    l.node.append(LOG, 'gone\n')
    l.world.pass(120_000)
    l.running['elasticsearch'] = l.parts['elasticsearch']!()
    l.world.pass(120_000)
    expect(found(l.world).has('gone')).toBe(false)
    expect(l.running['shipper']!.log).toContain('cannot be retried')
  })
  test('a memory queue of Logstash dies with it; a full one takes no more and Filebeat waits', () => {
    const l = line({ kind: 'filebeat', conf: beatConf(TO_LOGSTASH) }, BEATS_TO_ES)
    l.running['logstash']!.kill()
    const start = (): FakeProcess => l.world.start(logstash, 'logstash', '10.0.1.3', { argv: ['logstash', '-e', BEATS_TO_ES], env: {} })
    const first = start()
    l.world.pass(30_000)
    l.running['elasticsearch']!.kill()
    for (let i = 0; i < 300; i++) l.node.append(LOG, `a${i}\n`)
    l.world.pass(20_000)
    l.node.append(LOG, 'later\n')
    l.world.pass(20_000)
    expect(l.running['shipper']!.log).toContain('the receiver has no room')
    first.kill()
    start()
    l.running['elasticsearch'] = l.parts['elasticsearch']!()
    l.world.pass(200_000)
    expect([found(l.world).has('a0'), found(l.world).has('later')]).toEqual([false, true])
  })
})

describe('Filebeat refuses', () => {
  test.each([
    ['filebeat.inputs: []\n', 'Exiting: No outputs are defined.'],
    [`${TO_ES}${TO_KAFKA}`, "more than one namespace configured accessing 'output'"],
    [`filebeat.inputs:\n- type: syslog\n${TO_ES}`, 'clusterlab simulates only the inputs filestream, log and container, not syslog'],
    [`filebeat.inputs:\n- type: filestream\n${TO_ES}`, 'no path is configured'],
    ['a: [', 'error loading config file: yaml'],
  ])('%j', (conf, text) => {
    const at = new FakeWorld().start(filebeat, 'f', '10.0.0.1', {
      files: filesOf({ '/usr/share/filebeat/filebeat.yml': conf }),
      argv: ['filebeat'],
    })
    expect([at.exitCode, at.log]).toEqual([1, expect.stringContaining(text)])
  })
})

describe('Logstash refuses', () => {
  test.each([
    ['input { s3 { } } output { stdout {} }', 'clusterlab does not simulate the input plugin s3'],
    ['input { beats { port 5044 } }', 'Expected one of'],
    ['input { beats { port => "${PORT}" } }', 'Replacement variable `PORT` is not defined'],
    ['input { http { port => 80 } } filter { grok { match => { "message" => "%{WORD:x}" } } }', 'simulates of grok only'],
    ['output { stdout {} }', 'No configuration found'],
  ])('%s', (conf, text) => {
    const world = new FakeWorld()
    const at = world.start(logstash, 'l', '10.0.0.1', { argv: ['logstash', '-e', conf] })
    world.pass(30_000)
    expect([at.exitCode, at.log]).toEqual([1, expect.stringContaining(text)])
  })
})

test('Logstash filters: an access log becomes fields', () => {
  const world = new FakeWorld()
  const conf =
    'input { http { port => 8080 } } filter { grok { match => { "message" => "%{COMBINEDAPACHELOG}" } } mutate { remove_field => ["message"] add_field => { "site" => "shop" } } } output { stdout {} }'
  const at = world.start(logstash, 'l', '10.0.0.1', { argv: ['logstash', '-e', conf] })
  world.pass(30_000)
  const message = '10.0.0.9 - - [20/Nov/2026:11:00:00 +0000] "GET /a?b HTTP/1.1" 404 153 "-" "curl/8.5.0"'
  expect(world.http('l', 8080, '/', { method: 'POST', body: JSON.stringify({ message }) }).status).toBe(200)
  world.pass(1_000)
  const event = JSON.parse(at.lines.at(-1)!) as object
  expect(event).toMatchObject({
    clientip: '10.0.0.9',
    verb: 'GET',
    request: '/a?b',
    response: '404',
    useragent: 'curl/8.5.0',
    site: 'shop',
  })
  expect(event).not.toHaveProperty('message')
})

describe('Kibana', () => {
  test('is not ready until Elasticsearch answers, tells when it is gone, and passes the console on', () => {
    const world = new FakeWorld()
    const at = world.start(kibana, 'kibana', '10.0.2.1', {
      argv: ['kibana-docker'],
      env: { ELASTICSEARCH_HOSTS: '["http://elasticsearch:9200"]' },
    })
    world.pass(20_000)
    expect(world.http('kibana', 5601, '/app/home')).toMatchObject({ status: 503, body: 'Kibana server is not ready yet.' })
    expect(at.log).toContain('getaddrinfo ENOTFOUND elasticsearch')
    const es = world.start(elasticsearch, 'elasticsearch', '10.0.1.1', {
      files: volume(),
      env: { 'discovery.type': 'single-node', 'xpack.security.enabled': 'false' },
    })
    world.pass(25_000)
    expect(JSON.parse(world.http('kibana', 5601, '/api/status').body)).toMatchObject({ status: { overall: { level: 'available' } } })
    expect(world.http('kibana', 5601, '/').status).toBe(302)
    const asked = world.http('kibana', 5601, '/api/console/proxy?method=GET&path=_cluster/health', {
      method: 'POST',
      headers: { 'kbn-xsrf': 'x' },
    })
    expect(JSON.parse(asked.body)).toMatchObject({ number_of_nodes: 1 })
    es.kill()
    expect(world.http('kibana', 5601, '/api/status').status).toBe(503)
  })
})

describe('reading files that grow', () => {
  test('only whole lines; a file that was cut begins anew; a renamed one goes on', () => {
    const files = volume()
    files.mkdir('/l')
    files.write('/l/a.log', 'one\ntw')
    const first = readNew(files, ['/l/a.log'], [], 100)
    expect(first.lines.map((l) => l.text)).toEqual(['one'])
    files.append('/l/a.log', 'o\n')
    files.rename('/l/a.log', '/l/a.log.1')
    files.write('/l/a.log', 'new\n')
    const second = readNew(files, pathsOf(files, '/l/a.log*'), first.places, 100)
    expect(second.lines.map((l) => l.text).sort()).toEqual(['new', 'two'])
    files.write('/l/a.log', 'x\n')
    expect(readNew(files, ['/l/a.log'], second.places, 100).lines.map((l) => l.text)).toEqual(['x'])
  })
  test.each([
    ['/var/log/*.log', '/var/log/a.log', true],
    ['/var/log/*.log', '/var/log/b/a.log', false],
    ['/a/?.x', '/a/b.x', true],
    ['/a.b', '/aXb', false],
  ])('%s and %s: %s', (pattern, path, expected) => expect(matches(pattern, path)).toBe(expected))
})
