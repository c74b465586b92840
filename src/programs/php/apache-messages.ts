/** What Apache prints and answers by itself: its start, its logs, its error page. */
import { apacheTime, commonLogTime } from '../text/times.ts'

export const serverName = (ip: string): string =>
  `AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using ${ip}. Set the 'ServerName' directive globally to suppress this message`
export const portTaken = (port: number): string =>
  [
    `(98)Address already in use: AH00072: make_sock: could not bind to address [::]:${port}`,
    `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${port}`,
    'no listening sockets available, shutting down',
    'AH00015: Unable to open logs',
  ].join('\n')
export const configured = (nowMs: number, php: string): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:notice] [pid 1:tid 1] AH00163: Apache/2.4.65 (Debian) PHP/${php} configured -- resuming normal operations`
export const commandLine = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'apache2 -D FOREGROUND'`
export const stopping = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:notice] [pid 1:tid 1] AH00170: caught SIGWINCH, shutting down gracefully`
export const terminated = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:notice] [pid 1:tid 1] AH00169: caught SIGTERM, shutting down`
export const maxWorkers = (nowMs: number): string =>
  `[${apacheTime(nowMs)}] [mpm_prefork:error] [pid 1:tid 1] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting`
export const phpError = (nowMs: number, text: string, client: string): string =>
  `[${apacheTime(nowMs)}] [php:error] [pid 42:tid 42] [client ${client}] PHP ${text}`
export const phpWarning = (nowMs: number, text: string, client: string): string =>
  `[${apacheTime(nowMs)}] [php:warn] [pid 42:tid 42] [client ${client}] PHP Warning:  ${text}`
/** `where`: the file and line at which the memory ran out. */
export const exhausted = (limitBytes: number, where: string): string =>
  `Fatal error:  Allowed memory size of ${limitBytes} bytes exhausted (tried to allocate 4096 bytes) in ${where}`

export const access = (
  nowMs: number,
  ip: string,
  method: string,
  path: string,
  status: number,
  bytes: number,
  referer: string,
  agent: string,
): string => `${ip} - - [${commonLogTime(nowMs)}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "${referer}" "${agent}"`

export const apacheError = (status: number, title: string, text: string, host: string, port: number): string =>
  `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n<hr>\n<address>Apache/2.4.65 (Debian) Server at ${host} Port ${port}</address>\n</body></html>\n`
