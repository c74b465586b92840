/**
 * Names such as `acme.io/foo`, by which controllers are told apart (upstream's IsDomainPrefixedPath).
 */
import { type FieldError, invalid, required } from '../../api/errors.ts'
import { dns1123SubdomainErrors } from '../../api/names.ts'

export function domainPrefixedPathErrors(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)]
  const [domain = '', ...rest] = name.split('/')
  if (domain === '' || rest.join('/') === '') return [invalid(path, name, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  return dns1123SubdomainErrors(domain).map((m) => invalid(path, domain, m))
}
