/** nginx's own error pages, as clients of the controller see them. */
import type { HttpReply } from '../../network/contract.ts'

const TITLES: Record<number, string> = {
  301: '301 Moved Permanently',
  302: '302 Found',
  308: '308 Permanent Redirect',
  400: '400 Bad Request',
  403: '403 Forbidden',
  404: '404 Not Found',
  413: '413 Request Entity Too Large',
  500: '500 Internal Server Error',
  502: '502 Bad Gateway',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
}

export function page(status: number, headers: Readonly<Record<string, string>> = {}): HttpReply {
  const title = TITLES[status] ?? String(status)
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return { status, headers: { 'content-type': 'text/html', 'content-length': String(body.length), ...headers }, body }
}
