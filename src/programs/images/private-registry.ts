/**
 * A registry that asks for a login before it gives images: whom it lets read what, and what containerd says of its refusals. Each credential
 * that fits the image's name is tried, the most specific first (pkg/credentialprovider).
 */
import type { RegistryCredential } from '../contract.ts'
import { forbidden, tagNotFound, unauthorized, wrongCredentials } from './messages.ts'
import type { ImageReference } from './reference.ts'

export interface PrivateRegistry {
  readonly registry: string
  /** What it holds: its repository → an image that Docker Hub has too. */
  readonly repositories: Readonly<Record<string, string>>
  /** By user name: the password, and which repositories the user may read. */
  readonly users: Readonly<Record<string, { readonly password: string; readonly reads: readonly string[] }>>
}

/** Where a credential of a Secret is for: host, and repositories below a path. */
function scopeOf({ registry }: RegistryCredential): { readonly host: string; readonly path: string } {
  const [host = '', ...path] = registry.replace(/^https?:\/\//, '').split('/')
  // `https://HOST/v1/` is how older clients name a whole registry.
  return {
    host,
    path: path
      .join('/')
      .replace(/^v[12]\/?$/, '')
      .replace(/\/$/, ''),
  }
}

function fitting(own: PrivateRegistry, repository: string, credentials: readonly RegistryCredential[]): RegistryCredential[] {
  const fits = credentials.filter((c) => {
    const { host, path } = scopeOf(c)
    return host === own.registry && (path === '' || repository === path || repository.startsWith(`${path}/`))
  })
  return fits.sort((a, b) => scopeOf(b).path.length - scopeOf(a).path.length)
}

/** Why the registry does not give it; undefined where it does. */
export function refusal(
  own: PrivateRegistry,
  { repository, tag }: ImageReference,
  name: string,
  credentials: readonly RegistryCredential[],
): string | undefined {
  const given = fitting(own, repository, credentials)
  if (given.length === 0) return unauthorized(name, own.registry, repository)
  let last = ''
  for (const { username, password } of given) {
    const user = Object.hasOwn(own.users, username) ? own.users[username] : undefined
    if (user === undefined || user.password !== password) last = wrongCredentials(name, own.registry, repository)
    else if (!Object.hasOwn(own.repositories, repository)) last = tagNotFound(name)
    else if (!user.reads.includes(repository)) last = forbidden(name, own.registry, repository, tag)
    else return undefined
  }
  return last
}
