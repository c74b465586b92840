/** Elastic's own image of Elasticsearch, and the one on Docker Hub: neither has a `latest` tag. */
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { SERIES } from '../images/elastic-versions.ts'

export const elasticsearchImage: ImageRecord = {
  repositories: ['docker.elastic.co/elasticsearch/elasticsearch', 'elasticsearch', 'elastic/elasticsearch'],
  version: (tag) =>
    /^\d+\.\d+\.\d+$/.test(tag)
      ? versions({
          series: {
            '6.8': 23,
            '7.6': 2,
            '7.9': 3,
            '7.10': 2,
            '7.12': 1,
            '7.13': 4,
            '7.14': 2,
            '7.15': 2,
            '7.16': 3,
            '8.0': 1,
            '8.1': 3,
            '8.2': 3,
            '8.3': 3,
            '8.4': 3,
            '8.5': 3,
            '8.6': 2,
            '8.7': 1,
            '8.8': 2,
            '8.9': 2,
            ...SERIES,
          },
        })(tag)
      : undefined,
  scriptRuns: 'eswrapper',
  image: (version) => ({
    entrypoint: ['/bin/tini', '--', '/usr/local/bin/docker-entrypoint.sh'],
    cmd: ['eswrapper'],
    env: { ELASTIC_VERSION: version, ELASTIC_CONTAINER: 'true' },
    workingDir: '/usr/share/elasticsearch',
    user: '1000',
    users: { elasticsearch: [1000, 0] },
    owned: { '/usr/share/elasticsearch': 'elasticsearch' },
    exposedPorts: [9200, 9300],
    sizeBytes: version.startsWith('7') ? 345 * MB : 590 * MB,
    base: 'debian',
    executables: ['elasticsearch', 'eswrapper', 'curl', 'getent'],
    files: {
      '/usr/share/elasticsearch/config/elasticsearch.yml': 'cluster.name: "docker-cluster"\nnetwork.host: 0.0.0.0\n',
      '/usr/share/elasticsearch/data/.keep': '',
    },
  }),
}
