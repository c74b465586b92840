/**
 * What a client shows to the server, and by what it knows the server: tokens, certificates and keys out of the kubeconfig, its files and the
 * flags, with the complaints of client-go's clientcmd and Go's crypto/tls.
 */
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { DerError, type PemBlock, pemBlocks } from '../../lib/der.ts'
import { remembered } from '../../lib/remembered.ts'
import { parseCertificate } from '../../lib/x509.ts'
import { normalisePath } from '../../script/files.ts'
import type { Access, KubectlHost } from '../contract.ts'
import { CommandError } from '../errors.ts'
import type { Flags } from '../flags/pflag.ts'
import type { Fields } from './kubeconfig.ts'

/** One entry of a kubeconfig, its name and the folder that its relative paths are meant from. */
export interface Entry {
  readonly name: string
  readonly fields: Fields | undefined
  readonly folder: string
}

export const fieldText = (fields: Fields | undefined, key: string): string => {
  const value = fields?.[key]
  return typeof value === 'string' ? value : ''
}

/** A PEM text, and whether it came out of a file: client-go looks into files only when it connects. */
interface Material {
  readonly text: string
  readonly filed: boolean
}

/** Reads the materials of one request, gathering what cannot be had. */
class Reader {
  readonly problems: string[] = []
  readonly #host: KubectlHost
  readonly #flags: Flags

  constructor(host: KubectlHost, flags: Flags) {
    this.#host = host
    this.#flags = flags
  }

  #file(path: string, folder: string): string | undefined {
    const full = normalisePath(path, folder)
    return this.#host.files.stat(full) === undefined ? undefined : this.#host.files.read(full)
  }

  /** `key` is that of the kubeconfig and the flag; `key-data` in the kubeconfig comes first unless the flag is given. `word` names it in errors. */
  material(entry: Entry, key: string, word = key): Material | undefined {
    const flag = this.#flags.globalText(key)
    const inline = fieldText(entry.fields, `${key}-data`)
    if (flag === '' && inline !== '') return { text: Buffer.from(inline, 'base64').toString('utf8'), filed: false }
    const path = flag === '' ? fieldText(entry.fields, key) : flag
    if (path === '') return undefined
    const folder = flag === '' ? entry.folder : this.#host.cwd
    const shown = flag === '' ? normalisePath(path, folder) : path
    const text = this.#file(path, folder)
    if (text === undefined)
      this.problems.push(`unable to read ${word} ${shown} for ${entry.name} due to open ${shown}: no such file or directory`)
    return { text: text ?? '', filed: true }
  }

  token(user: Entry): string {
    const flag = this.#flags.globalText('token')
    const path = fieldText(user.fields, 'tokenFile')
    if (flag !== '' || path === '') return flag || fieldText(user.fields, 'token')
    const shown = normalisePath(path, user.folder)
    const text = this.#file(path, user.folder)
    if (text === undefined) throw new CommandError(`open ${shown}: no such file or directory`)
    return text.trim()
  }
}

function configurationError(problems: readonly string[]): CommandError {
  if (problems.length === 1) return new CommandError(problems[0]!)
  return new CommandError(`Error in configuration: \n${problems.map((problem) => `* ${problem}`).join('\n')}`, 1, true)
}

/** Throws where the authorities a server is to be known by cannot be read. */
function checkAuthorities(text: string): void {
  const problem = authoritiesProblem(text)
  if (problem !== undefined) throw new CommandError(`unable to load root certificates: ${problem}`)
}

/** Every command shows the same few certificates. */
const MOST_KEPT = 16

const authoritiesProblem = remembered(MOST_KEPT, (text) => {
  const blocks = pemBlocks(text).filter((block) => block.label === 'CERTIFICATE')
  if (blocks.length === 0) return 'unable to parse bytes as PEM block'
  for (const block of blocks) {
    try {
      parseCertificate(block.bytes)
    } catch (error) {
      if (!(error instanceof DerError)) throw error
      return `failed to parse certificate: ${error.message}`
    }
  }
  return undefined
})

/** The first block that `fits`, or what Go says of an input without one. */
function blockOf(
  text: string,
  what: 'certificate' | 'key',
  fits: (label: string) => boolean,
  switched: (label: string) => string | undefined,
): PemBlock | string {
  const blocks = pemBlocks(text)
  const found = blocks.find((block) => fits(block.label))
  if (found !== undefined) return found
  if (blocks.length === 0) return `tls: failed to find any PEM data in ${what} input`
  return (
    switched(blocks[0]!.label) ??
    `tls: failed to find ${what === 'key' ? 'PEM block with type ending in "PRIVATE KEY"' : '"CERTIFICATE" PEM block'} in ${what} input after skipping PEM blocks of the following types: [${blocks.map((b) => b.label).join(' ')}]`
  )
}

const isKey = (label: string): boolean => label === 'PRIVATE KEY' || label.endsWith(' PRIVATE KEY')

function keyOf(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text)
  } catch {
    return undefined
  }
}

/** What is wrong with a certificate and its key, in the words of Go's tls.X509KeyPair. */
export function pairProblem(certificate: string, key: string): string | undefined {
  const cert = blockOf(
    certificate,
    'certificate',
    (label) => label === 'CERTIFICATE',
    (label) =>
      isKey(label)
        ? 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
        : undefined,
  )
  if (typeof cert === 'string') return cert
  const secret = blockOf(key, 'key', isKey, (label) =>
    label === 'CERTIFICATE' ? 'tls: found a certificate rather than a key in the PEM for the private key' : undefined,
  )
  if (typeof secret === 'string') return secret
  let holder: X509Certificate
  try {
    parseCertificate(cert.bytes)
    holder = new X509Certificate(cert.bytes)
  } catch {
    return 'x509: malformed certificate'
  }
  const own = keyOf(key)
  if (own === undefined) return 'tls: failed to parse private key'
  if (createPublicKey(own).asymmetricKeyType !== holder.publicKey.asymmetricKeyType)
    return 'tls: private key type does not match public key type'
  return holder.checkPrivateKey(own) ? undefined : 'tls: private key does not match public key'
}

const SEPARATOR = '\u0000'
const problemOfPair = remembered(MOST_KEPT, (pair) => {
  const at = pair.indexOf(SEPARATOR)
  return pairProblem(pair.slice(0, at), pair.slice(at + 1))
})
const pairProblemOnce = (certificate: string, key: string): string | undefined =>
  // Nobody's certificate holds the separator but one that is none.
  certificate.includes(SEPARATOR) ? pairProblem(certificate, key) : problemOfPair(`${certificate}${SEPARATOR}${key}`)

type Shown = Pick<Access, 'token' | 'username' | 'password' | 'clientCertificate' | 'certificateAuthority' | 'insecure' | 'tlsProblem'>

/** Throws CommandError for a configuration that client-go refuses before it connects. */
export function credentialsOf(host: KubectlHost, flags: Flags, user: Entry, cluster: Entry): Shown {
  const reader = new Reader(host, flags)
  const certificate = reader.material(user, 'client-certificate', 'client-cert')
  const key = reader.material(user, 'client-key')
  const authority = reader.material(cluster, 'certificate-authority')
  const username = flags.globalText('username') || fieldText(user.fields, 'username')
  const token = reader.token(user)
  if (certificate !== undefined && key === undefined)
    reader.problems.push(`client-key-data or client-key must be specified for ${user.name} to use the clientCert authentication method.`)
  if (token !== '' && username !== '')
    reader.problems.push(`more than one authentication method found for ${user.name}; found [token basicAuth], only one is allowed`)
  if (reader.problems.length > 0) throw configurationError(reader.problems)
  const insecure = flags.changed('insecure-skip-tls-verify')
    ? flags.globalText('insecure-skip-tls-verify') === 'true'
    : cluster.fields?.['insecure-skip-tls-verify'] === true
  if (authority !== undefined && !insecure) checkAuthorities(authority.text)
  const problem = certificate && pairProblemOnce(certificate.text, key!.text)
  if (problem !== undefined && !certificate!.filed) throw new CommandError(problem)
  return {
    ...(token === '' ? {} : { token }),
    ...(username === '' ? {} : { username, password: flags.globalText('password') || fieldText(user.fields, 'password') }),
    ...(certificate === undefined ? {} : { clientCertificate: certificate.text }),
    ...(authority === undefined ? {} : { certificateAuthority: authority.text }),
    ...(insecure ? { insecure } : {}),
    ...(problem === undefined ? {} : { tlsProblem: problem }),
  }
}
