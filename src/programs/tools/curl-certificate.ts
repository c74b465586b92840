/** curl --cert and --key: the certificate that a client shows, and whether its key is at hand. Texts and exit codes are curl's with OpenSSL. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { ToolContext } from '../../script/contract.ts'
import { FileError } from '../../script/files.ts'

/** Of a certificate or key that cannot be used. */
const EXIT_CODE = 58

export type ClientCertificate = { readonly pem: string } | { readonly error: string; readonly exitCode: number }

function text(ctx: ToolContext, path: string): string | undefined {
  try {
    return ctx.files.read(ctx.path(path))
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}

/** `certificate` may carry a password behind a colon; the key is in the same file where `key` is absent. */
export function clientCertificate(ctx: ToolContext, certificate: string, key: string | undefined): ClientCertificate {
  const refused = (error: string): ClientCertificate => ({ error: `curl: (${EXIT_CODE}) ${error}\n`, exitCode: EXIT_CODE })
  const path = certificate.replace(/(.):[^/]*$/, '$1')
  const pem = text(ctx, path)
  if (pem === undefined)
    return refused(
      `could not load PEM client certificate from ${path}, OpenSSL error error:80000002:system library::No such file or directory, (no key found, wrong pass phrase, or wrong file format?)`,
    )
  const keyPath = key ?? path
  try {
    if (new X509Certificate(pem).checkPrivateKey(createPrivateKey(text(ctx, keyPath) ?? ''))) return { pem }
  } catch {
    // Neither is one.
  }
  return refused(`unable to set private key file: '${keyPath}' type PEM`)
}
