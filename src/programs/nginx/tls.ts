/** TLS of nginx: which servers speak it, their certificates read and judged as at the start, and what a request over it meets (ngx_http_ssl_module). */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { servedCertificate } from '../../network/certificate.ts'
import type { HttpReply, ServedCertificate } from '../../network/contract.ts'
import type { FileView } from '../../script/files.ts'
import { readText } from '../text/files.ts'
import { ConfigError, type Directive } from './config-parse.ts'
import { errorPage } from './messages.ts'

export interface ServerTls {
  readonly ports: readonly number[]
  readonly certificate: string
  readonly key: string
}

/** By the path of their file. */
export type Certificates = Readonly<Record<string, ServedCertificate>>

/** The TLS of a server's block; its own directives before those around it. Throws ConfigError. */
export function tlsOf(block: readonly Directive[], around: readonly Directive[], portOf: (d: Directive) => number): ServerTls | undefined {
  const listens = block.filter((d) => d.name === 'listen' && d.args.includes('ssl'))
  if (listens.length === 0) return undefined
  const value = (name: string): string | undefined => [...block, ...around].find((d) => d.name === name)?.args[0]
  const certificate = value('ssl_certificate')
  const key = value('ssl_certificate_key')
  const [first] = listens
  if (certificate === undefined)
    throw new ConfigError(`no "ssl_certificate" is defined for the "listen ... ssl" directive in ${first!.file}:${first!.line}`)
  if (key === undefined) throw new ConfigError(`no "ssl_certificate_key" is defined for certificate "${certificate}"`)
  return { ports: listens.map(portOf), certificate, key }
}

const absent = (what: string, path: string): ConfigError =>
  new ConfigError(
    `cannot load ${what} "${path}": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(${path}, r) error:10000080:BIO routines::no such file)`,
  )

function keyOf(path: string, text: string): KeyObject {
  try {
    return createPrivateKey(text)
  } catch {
    throw new ConfigError(
      `cannot load certificate key "${path}": PEM_read_bio_PrivateKey() failed (SSL: error:1E08010C:DECODER routines::unsupported:No supported data to decode. Input type: PEM)`,
    )
  }
}

function load({ certificate, key }: ServerTls, files: FileView): ServedCertificate {
  const pem = readText(files, certificate)
  if (pem === undefined) throw absent('certificate', certificate)
  const served = servedCertificate(pem)
  if (served === undefined)
    throw new ConfigError(
      `cannot load certificate "${certificate}": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)`,
    )
  const text = readText(files, key)
  if (text === undefined) throw absent('certificate key', key)
  if (!new X509Certificate(pem).checkPrivateKey(keyOf(key, text)))
    throw new ConfigError(`SSL_CTX_use_PrivateKey("${key}") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)`)
  return served
}

/** Reads the certificates and keys of all servers. Throws ConfigError. */
export function loadCertificates(servers: readonly { readonly tls?: ServerTls }[], files: FileView): Certificates {
  const loaded: Record<string, ServedCertificate> = {}
  for (const { tls } of servers) if (tls !== undefined) loaded[tls.certificate] ??= load(tls, files)
  return loaded
}

const PLAIN = 'The plain HTTP request was sent to HTTPS port'

/** What a client that speaks no TLS is told at a port that speaks nothing else. */
export const plainAtTlsPort = (version: string): HttpReply => ({
  status: 400,
  headers: { 'content-type': 'text/html', server: `nginx/${version}` },
  body: errorPage(400, version)
    .replace('<title>400 Bad Request</title>', `<title>400 ${PLAIN}</title>`)
    .replace('</h1></center>', `</h1></center>\r\n<center>${PLAIN}</center>`),
})

/** The certificate that a request meets; undefined where the port speaks no TLS. */
export const certificateAt = (tls: ServerTls | undefined, port: number, certificates: Certificates): ServedCertificate | undefined =>
  tls?.ports.includes(port) ? certificates[tls.certificate] : undefined
