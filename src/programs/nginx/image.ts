/** The official nginx image. */
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { DEFAULT_CONF, FIFTY, NGINX_CONF, WELCOME } from './messages.ts'

const FASTCGI_PARAMS =
  'fastcgi_param  QUERY_STRING       $query_string;\nfastcgi_param  REQUEST_METHOD     $request_method;\nfastcgi_param  SCRIPT_NAME        $fastcgi_script_name;\nfastcgi_param  REQUEST_URI        $request_uri;\nfastcgi_param  DOCUMENT_ROOT      $document_root;\n'

export const nginxImage: ImageRecord = {
  repositories: ['nginx'],
  version: versions({
    latest: '1.29.3',
    series: {
      '1.7': 12,
      '1.9': 15,
      '1.11': 13,
      '1.13': 12,
      '1.14': 2,
      '1.15': 12,
      '1.16': 1,
      '1.17': 10,
      '1.18': 0,
      '1.19': 10,
      '1.20': 2,
      '1.21': 6,
      '1.22': 1,
      '1.23': 4,
      '1.24': 0,
      '1.25': 5,
      '1.26': 3,
      '1.27': 5,
      '1.28': 0,
      '1.29': 3,
    },
    variants: [
      'alpine',
      'alpine-slim',
      'alpine-perl',
      'perl',
      'bookworm',
      'trixie',
      'bullseye',
      'mainline',
      'stable',
      'stable-alpine',
      'mainline-alpine',
    ],
  }),
  scriptRuns: 'nginx',
  image: (version, tag) => ({
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    env: { NGINX_VERSION: version, NJS_VERSION: '0.8.7', PKG_RELEASE: '1~bookworm' },
    exposedPorts: [80],
    sizeBytes: tag.includes('alpine') ? 21 * MB : 72 * MB,
    base: tag.includes('alpine') ? 'busybox' : 'debian',
    executables: ['nginx', 'nginx-debug', 'curl', 'getent'],
    users: { nginx: [101, 101] },
    owned: { '/var/cache/nginx': 'root' },
    files: {
      '/etc/nginx/nginx.conf': NGINX_CONF,
      '/etc/nginx/mime.types':
        'types {\n    text/html html htm;\n    text/css css;\n    application/javascript js;\n    application/json json;\n    image/png png;\n}\n',
      '/etc/nginx/fastcgi_params': FASTCGI_PARAMS,
      '/etc/nginx/fastcgi.conf': `fastcgi_param  SCRIPT_FILENAME    $document_root$fastcgi_script_name;\n${FASTCGI_PARAMS}`,
      '/etc/nginx/conf.d/default.conf': DEFAULT_CONF,
      '/usr/share/nginx/html/index.html': WELCOME,
      '/usr/share/nginx/html/50x.html': FIFTY,
      '/docker-entrypoint.d/10-listen-on-ipv6-by-default.sh': '#!/bin/sh\n',
      '/etc/os-release': tag.includes('alpine')
        ? 'NAME="Alpine Linux"\nID=alpine\n'
        : 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nID=debian\n',
    },
  }),
}

/** nginx-slim, the small nginx of Kubernetes' documentation: numbers of its own, the same program. */
export const nginxSlimImage: ImageRecord = {
  ...nginxImage,
  repositories: ['registry.k8s.io/nginx-slim', 'k8s.gcr.io/nginx-slim'],
  version: (tag) => (/^0\.\d{1,2}$/.test(tag) ? '1.27.5' : undefined),
}

/** nginxinc/nginx-unprivileged: the same, made for a user who is not root: port 8080, what it writes lies in /tmp. */
export const nginxUnprivilegedImage: ImageRecord = {
  ...nginxImage,
  repositories: ['nginxinc/nginx-unprivileged', 'ghcr.io/nginx/nginx-unprivileged'],
  image: (version, tag) => {
    const whole = nginxImage.image(version, tag)
    return {
      ...whole,
      user: '101',
      exposedPorts: [8080],
      owned: { '/var/cache/nginx': 'nginx', '/etc/nginx': 'nginx' },
      files: {
        ...whole.files,
        '/etc/nginx/nginx.conf': NGINX_CONF.replace(/^user .*\n/m, '')
          .replace('/run/nginx.pid', '/tmp/nginx.pid')
          .replace('http {\n', `http {\n${TEMPS.map(([name, at]) => `    ${name}_temp_path ${at};\n`).join('')}`),
        '/etc/nginx/conf.d/default.conf': DEFAULT_CONF.replace('listen       80;', 'listen       8080;'),
      },
    }
  },
}

const TEMPS = [
  ['client_body', '/tmp/client_temp'],
  ['proxy', '/tmp/proxy_temp_path'],
  ['fastcgi', '/tmp/fastcgi_temp'],
  ['uwsgi', '/tmp/uwsgi_temp'],
  ['scgi', '/tmp/scgi_temp'],
] as const
