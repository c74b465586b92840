/** The official image of MongoDB. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

export const mongoImage: ImageRecord = {
  repositories: ['mongo'],
  version: versions({
    latest: '8.0.13',
    series: { '4.4': 29, '5.0': 31, '6.0': 25, '7.0': 23, '8.0': 13 },
    variants: ['jammy', 'noble', 'focal'],
  }),
  scriptRuns: 'mongod',
  image: (version) => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['mongod'],
    env: { MONGO_VERSION: version, MONGO_MAJOR: version.split('.').slice(0, 2).join('.'), GOSU_VERSION: '1.17' },
    exposedPorts: [27017],
    sizeBytes: 290 * MB,
    base: 'debian',
    executables: ['mongod', 'mongosh', 'getent'],
    users: { mongodb: [999, 999] },
    owned: { '/data/db': 'mongodb', '/data/configdb': 'mongodb' },
    serves: 'mongodb',
    files: { '/data/db/.keep': '', '/data/configdb/.keep': '', '/docker-entrypoint-initdb.d/.keep': '' },
  }),
}
