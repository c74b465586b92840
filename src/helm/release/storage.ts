/** Where releases live: Secrets `sh.helm.release.v1.NAME.vN` in their namespace (helm's secrets driver). */
import { ApiError } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { Kube } from '../../kubectl/kube.ts'
import { base64FromBytes, bytesFromBase64, bytesFromText, textFromBytes } from '../../script/bytes.ts'
import { HelmError } from '../chart/contract.ts'
import type { Release } from './contract.ts'
import { decodeRelease, encodeRelease } from './record.ts'

const SYSTEM_LABELS = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt']
const MANAGER = { fieldManager: 'helm' }

interface SecretObject extends ApiObject {
  readonly data?: Readonly<Record<string, string>>
}

const secretName = (name: string, version: number): string => `sh.helm.release.v1.${name}.v${version}`

function failure(doing: string, error: unknown): never {
  if (error instanceof ApiError) throw new HelmError(`${doing}: ${error.status.message ?? ''}`)
  throw error
}

export class Releases {
  constructor(
    private readonly kube: Kube,
    readonly namespace: string,
    private readonly now: () => number,
  ) {}

  get #kind() {
    return this.kube.kinds.byKind('v1', 'Secret')!
  }

  /** All revisions in a namespace, or in all; `name` of one release alone. Throws HelmError. */
  list(name?: string, everywhere = false, doing = 'query: failed to query with labels'): Release[] {
    const labelSelector = name === undefined ? 'owner=helm' : `name=${name},owner=helm`
    try {
      const { items } = this.kube.list(this.#kind, everywhere ? undefined : this.namespace, { labelSelector })
      return items.flatMap((item) => {
        const release = this.#read(item as SecretObject)
        return release === undefined ? [] : [release]
      })
    } catch (error) {
      return failure(doing, error)
    }
  }

  #read(secret: SecretObject): Release | undefined {
    const all = secret.metadata.labels ?? {}
    const labels = Object.fromEntries(Object.entries(all).filter(([key]) => !SYSTEM_LABELS.includes(key)))
    try {
      return decodeRelease(textFromBytes(bytesFromBase64(secret.data?.release ?? '').bytes), labels)
    } catch (error) {
      // A Secret that is no release is passed over, as helm does.
      if (error instanceof HelmError) return undefined
      throw error
    }
  }

  /** Revisions of one release, oldest first; none: `release: not found`. */
  history(name: string): Release[] {
    const found = this.list(name)
    if (found.length === 0) throw new HelmError('release: not found')
    return found.sort((a, b) => a.version - b.version)
  }

  last(name: string): Release {
    return this.history(name).at(-1)!
  }

  get(name: string, version: number): Release {
    if (version <= 0) return this.last(name)
    const found = this.list(name).find((r) => r.version === version)
    if (found === undefined) throw new HelmError('release: not found')
    return found
  }

  #secret(release: Release, stamp: 'createdAt' | 'modifiedAt'): ApiObject {
    const { name, version } = release
    const labels = {
      ...release.labels,
      name,
      owner: 'helm',
      status: release.status,
      version: String(version),
      [stamp]: String(Math.floor(this.now() / 1000)),
    }
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName(name, version), namespace: this.namespace, labels },
      type: 'helm.sh/release.v1',
      data: { release: base64FromBytes(bytesFromText(encodeRelease(release))) },
    } as unknown as ApiObject
  }

  create(release: Release): void {
    try {
      this.kube.create(this.#kind, this.namespace, this.#secret(release, 'createdAt'), { query: MANAGER })
    } catch (error) {
      if (error instanceof ApiError && error.status.reason === 'AlreadyExists')
        throw new HelmError('create: failed to create: release: already exists')
      failure('create: failed to create', error)
    }
  }

  update(release: Release): void {
    try {
      this.kube.update(this.#kind, this.namespace, secretName(release.name, release.version), this.#secret(release, 'modifiedAt'), {
        query: MANAGER,
      })
    } catch (error) {
      failure('update: failed to update', error)
    }
  }

  remove(release: Release): void {
    try {
      this.kube.delete(this.#kind, this.namespace, secretName(release.name, release.version))
    } catch (error) {
      if (error instanceof ApiError && error.status.reason === 'NotFound') return
      failure('delete: failed to delete', error)
    }
  }

  /** Keeps `limit` revisions, the deployed one among them, before another one is made. */
  trim(name: string, limit: number): void {
    if (limit <= 0) return
    const all = this.history(name)
    const deployed = all.filter((r) => r.status === 'deployed').at(-1)
    const surplus = all.length - (limit - 1)
    for (const release of all.filter((r) => r.version !== deployed?.version).slice(0, Math.max(0, surplus))) this.remove(release)
  }
}
