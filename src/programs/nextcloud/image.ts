/** The official Nextcloud image: Apache, FPM and FPM on Alpine. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

/** The fourth number of each release's version. */
const BUILD = '1'
const INI = 'memory_limit=${PHP_MEMORY_LIMIT}\nupload_max_filesize=${PHP_UPLOAD_LIMIT}\npost_max_size=${PHP_UPLOAD_LIMIT}\n'
const PREFORK =
  '<IfModule mpm_prefork_module>\n\tStartServers\t\t\t5\n\tMinSpareServers\t\t\t5\n\tMaxSpareServers\t\t\t10\n\tMaxRequestWorkers\t\t150\n\tMaxConnectionsPerChild\t\t0\n</IfModule>\n'

export const nextcloudImage: ImageRecord = {
  repositories: ['nextcloud'],
  version: versions({
    latest: '32.0.1',
    series: {
      '25.0': 13,
      '26.0': 13,
      '27.0': 2,
      '27.1': 11,
      '28.0': 14,
      '29.0': 16,
      '30.0': 17,
      '31.0': 10,
      '32.0': 1,
    },
    variants: ['apache', 'fpm', 'fpm-alpine', 'stable', 'stable-apache', 'stable-fpm', 'stable-fpm-alpine'],
  }),
  scriptRuns: 'apache2-foreground',
  image: (version, tag) => {
    const fpm = tag.includes('fpm')
    return {
      entrypoint: ['/entrypoint.sh'],
      cmd: [fpm ? 'php-fpm' : 'apache2-foreground'],
      env: {
        PHP_VERSION: '8.3.26',
        PHP_INI_DIR: '/usr/local/etc/php',
        PHP_MEMORY_LIMIT: '512M',
        PHP_UPLOAD_LIMIT: '512M',
        NEXTCLOUD_VERSION: version,
        NEXTCLOUD_CODE_VERSION: `${version}.${BUILD}`,
      },
      workingDir: '/var/www/html',
      exposedPorts: [fpm ? 9000 : 80],
      users: { 'www-data': [33, 33] },
      owned: { '/var/www/html': 'www-data', '/var/www': 'www-data' },
      serves: 'www-data',
      sizeBytes: (fpm ? 420 : 520) * MB,
      base: tag.includes('alpine') ? 'busybox' : 'debian',
      executables: [fpm ? 'php-fpm' : 'apache2-foreground', 'cron.sh', 'php', 'occ', 'su', 'curl', 'getent'],
      runs: { 'apache2-foreground': 'nextcloud' },
      files: {
        '/etc/apache2/ports.conf': 'Listen 80\n',
        '/etc/apache2/mods-enabled/mpm_prefork.conf': PREFORK,
        '/usr/local/etc/php/conf.d/nextcloud.ini': INI,
        '/usr/src/nextcloud/version.php': `<?php\n$OC_Version = array(${version.replaceAll('.', ',')},${BUILD});\n`,
        '/cron.sh': '#!/bin/sh\nset -eu\n\nexec busybox crond -f -L /dev/stdout\n',
      },
    }
  },
}
