/** The official WordPress image, Apache variant. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

const PREFORK =
  '<IfModule mpm_prefork_module>\n\tStartServers\t\t\t5\n\tMinSpareServers\t\t\t5\n\tMaxSpareServers\t\t\t10\n\tMaxRequestWorkers\t\t150\n\tMaxConnectionsPerChild\t\t0\n</IfModule>\n'

export const wordpressImage: ImageRecord = {
  repositories: ['wordpress'],
  version: versions({
    latest: '6.8.3',
    series: {
      '4.8': 3,
      '4.9': 8,
      '5.0': 3,
      '5.1': 1,
      '5.2': 4,
      '5.3': 2,
      '5.4': 2,
      '5.5': 3,
      '5.6': 2,
      '5.7': 2,
      '5.8': 3,
      '5.9': 3,
      '6.0': 3,
      '6.1': 1,
      '6.2': 2,
      '6.3': 2,
      '6.4': 3,
      '6.5': 5,
      '6.6': 2,
      '6.7': 2,
      '6.8': 3,
    },
    variants: ['apache', ...['8.1', '8.2', '8.3', '8.4'].flatMap((v) => [`php${v}`, `php${v}-apache`])],
  }),
  scriptRuns: 'apache2-foreground',
  image: () => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['apache2-foreground'],
    env: { PHP_VERSION: '8.2.29', APACHE_CONFDIR: '/etc/apache2', PHP_INI_DIR: '/usr/local/etc/php' },
    workingDir: '/var/www/html',
    exposedPorts: [80],
    sizeBytes: 235 * MB,
    base: 'debian',
    executables: ['apache2-foreground', 'apache2', 'curl', 'getent'],
    files: {
      '/etc/apache2/apache2.conf': 'Timeout 300\nKeepAlive On\nIncludeOptional mods-enabled/*.conf\nIncludeOptional conf-enabled/*.conf\n',
      '/etc/apache2/ports.conf': 'Listen 80\n',
      '/etc/apache2/mods-enabled/mpm_prefork.conf': PREFORK,
      '/etc/apache2/mods-available/mpm_prefork.conf': PREFORK,
      '/etc/apache2/conf-enabled/security.conf': 'ServerTokens OS\n',
      '/usr/local/etc/php/conf.d/opcache-recommended.ini': 'opcache.memory_consumption=128\n',
      '/usr/local/etc/php/php.ini-production': '; PHP settings\nmemory_limit = 128M\n',
    },
  }),
}
