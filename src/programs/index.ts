/** The programs room's face: the catalog of all images and programs, made from the two registries. */
import { sha256 } from '../lib/hash.ts'
import type { Catalog, ContainerCommand, Image, ImageResolution, Program, RegistryCredential } from './contract.ts'
import type { ImageRecord } from './images/define.ts'
import { accessDenied, noSuchHost, notAReference, registryUnreachable, tagNotFound } from './images/messages.ts'
import { type PrivateRegistry, refusal } from './images/private-registry.ts'
import { canonical, type ImageReference, parseReference } from './images/reference.ts'
import { imageRecords, unsimulatedOfficial } from './images/registry.ts'
import { programs } from './registry.ts'
import { basename, isEntrypoint, runner } from './run/index.ts'
import { accessOf, networkToolNames, networkTools } from './tools/index.ts'
import { idle } from './unsimulated/index.ts'

export interface CatalogOptions {
  /** Whether registries cannot be reached now. */
  readonly registryDown?: () => boolean
  readonly privateRegistries?: readonly PrivateRegistry[]
}

const BYTES_A_MS = 50_000
const RESOLVE_MS = 400
const UNREACHABLE_MS = 10_000

interface Found {
  readonly image: Image
  readonly record?: ImageRecord
}

const recordsByName = new Map(imageRecords.flatMap((record) => record.repositories.map((name) => [fullName(name), record] as const)))
const officialByName = new Map(Object.entries(unsimulatedOfficial))
const programsByName = new Map(programs.map((p) => [p.name, p]))
const programsByExecutable = new Map(programs.flatMap((p) => p.executables.map((e) => [e, p] as const)))
const commandsByExecutable = new Map(programs.flatMap((p) => (p.commands ?? []).flatMap((c) => c.executables.map((e) => [e, c] as const))))

function fullName(name: string): string {
  const reference = parseReference(name)!
  return `${reference.registry}/${reference.repository}`
}

/** Names that a test or a lesson uses for what is not there. */
const NAMED_MISSING = /(^|[/_-])(no-such|does-not-exist|nonexistent|non-existent|doesnotexist|missing|invalid)/

const unsimulated = (name: string, sizeBytes: number): Image => ({
  repositories: [name],
  entrypoint: ['/entrypoint'],
  cmd: [],
  env: {},
  sizeBytes,
  base: 'debian',
  executables: ['entrypoint'],
  simulated: false,
})

/** The image a name and tag stand for, wherever it lies: undefined no repository, `'tag'` no such tag. */
function find(reference: ImageReference): Found | 'tag' | undefined {
  const name = `${reference.registry}/${reference.repository}`
  const record = recordsByName.get(name)
  if (record !== undefined) {
    const version = record.version(reference.tag)
    if (version === undefined && reference.digest === undefined) return 'tag'
    return { record, image: { repositories: record.repositories, ...record.image(version ?? reference.tag, reference.tag) } }
  }
  if (NAMED_MISSING.test(name)) return undefined
  if (NAMED_MISSING.test(`/${reference.tag}`)) return 'tag'
  if (name.startsWith('docker.io/library/')) {
    const size = officialByName.get(reference.repository.slice('library/'.length))
    return size === undefined ? undefined : { image: unsimulated(name, size) }
  }
  return { image: unsimulated(name, 60_000_000) }
}

/**
 * All images and programs of the `default` preset. `registryDown`: every pull fails as behind a dead uplink. `privateRegistries`: those
 * that ask for credentials. Everything but these two answers is the same for the same reference.
 */
export function createCatalog(options: CatalogOptions = {}): Catalog {
  return new ImageCatalog(options)
}

class ImageCatalog implements Catalog {
  readonly signalsOfInit = 'kernel'
  readonly #options: CatalogOptions
  readonly #found = new Map<string, Found | 'tag' | undefined>()
  readonly #references = new WeakMap<Image, string>()
  readonly #runners = new Map<string, Program>()

  constructor(options: CatalogOptions) {
    this.#options = options
  }

  #private(reference: ImageReference): PrivateRegistry | undefined {
    return this.#options.privateRegistries?.find((p) => p.registry === reference.registry)
  }

  #find(text: string, reference: ImageReference): Found | 'tag' | undefined {
    const key = reference.digest === undefined ? canonical(reference) : `${canonical(reference)}@${reference.digest}`
    if (this.#found.has(key)) return this.#found.get(key)
    const own = this.#private(reference)
    const held = own === undefined ? text : own.repositories[reference.repository]
    const real = held === undefined ? undefined : parseReference(own === undefined ? held : `${held}:${reference.tag}`)
    const found = real && find(real)
    this.#found.set(key, found)
    if (typeof found === 'object') this.#references.set(found.image, text)
    return found
  }

  image(text: string): Image | undefined {
    const reference = parseReference(text)
    const found = reference && this.#find(text, reference)
    return typeof found === 'object' ? found.image : undefined
  }

  pull(text: string, credentials: readonly RegistryCredential[]): ImageResolution {
    const reference = parseReference(text)
    if (reference === undefined) return { ok: false, pullMs: 0, badName: true, message: notAReference(text) }
    const { registry, repository, tag } = reference
    const name = canonical(reference)
    const fail = (message: string, pullMs = RESOLVE_MS): ImageResolution => ({ ok: false, message, pullMs })
    if (this.#options.registryDown?.()) return fail(registryUnreachable(name, registry, repository, tag), UNREACHABLE_MS)
    const own = this.#private(reference)
    if (own !== undefined) {
      const why = refusal(own, reference, name, credentials)
      if (why !== undefined) return fail(why)
    } else if (!registry.includes('.') && registry !== 'localhost') return fail(noSuchHost(name, registry, repository, tag))
    const found = this.#find(text, reference)
    if (found === undefined) return fail(accessDenied(name))
    if (found === 'tag') return fail(tagNotFound(name))
    const { image } = found
    const digest = reference.digest ?? `sha256:${sha256(name)}`
    return {
      ok: true,
      image,
      imageId: `${registry}/${repository}@${digest}`,
      sizeBytes: image.sizeBytes,
      pullMs: RESOLVE_MS + Math.round(image.sizeBytes / BYTES_A_MS),
    }
  }

  program(image: Image, executable: string): Program | undefined {
    const name = basename(executable)
    if (image.simulated === false) return executable === image.entrypoint[0] ? idle : this.#runnerFor(image, name)
    const own = image.runs?.[name]
    const program = !image.executables.includes(name)
      ? undefined
      : own === undefined
        ? programsByExecutable.get(name)
        : programsByName.get(own)
    if (program !== undefined) return program
    return isEntrypoint(image, executable) && this.#scriptRuns(image) !== undefined
      ? this.#runner(this.#references.get(image)!)
      : this.#runnerFor(image, name)
  }

  #scriptRuns(image: Image): string | undefined {
    const found = this.#findOf(this.#references.get(image))
    return found?.record?.scriptRuns
  }

  #findOf(text: string | undefined): Found | undefined {
    const reference = text === undefined ? undefined : parseReference(text)
    const found = reference && this.#find(text!, reference)
    return typeof found === 'object' ? found : undefined
  }

  #runnerFor(image: Image, name: string): Program | undefined {
    // Small tools are run by the container's shell; what a program brings as a command may be a main process, too (`mariadb-dump` in a Job).
    return this.command(image, name) !== undefined ? this.#runner(this.#references.get(image)!) : undefined
  }

  #runner(reference: string): Program {
    let made = this.#runners.get(reference)
    if (made === undefined) {
      const found = this.#findOf(reference)!
      const { scriptRuns, scriptTakes } = found.record ?? {}
      made = runner(`run:${reference}`, {
        catalog: this,
        image: found.image,
        ...(scriptRuns !== undefined && { scriptRuns }),
        ...(scriptTakes !== undefined && { scriptTakes }),
      }) as Program
      this.#runners.set(reference, made)
    }
    return made
  }

  programNamed(name: string): Program {
    if (name.startsWith('run:')) return this.#runner(name.slice('run:'.length))
    const program = name === idle.name ? idle : programsByName.get(name)
    if (program === undefined) throw new Error(`no program ${name}`)
    return program
  }

  command(image: Image, executable: string): ContainerCommand | undefined {
    const name = basename(executable)
    return image.executables.includes(name) ? commandsByExecutable.get(name) : undefined
  }

  tool(image: Image, name: string, ctx?: Parameters<Catalog['tool']>[2]): ReturnType<Catalog['tool']> {
    if (!networkToolNames.has(name) || !(image.executables.includes(name) || (image.base === 'busybox' && BUSYBOX_NETWORK.has(name))))
      return undefined
    return networkTools(ctx === undefined ? undefined : accessOf(ctx)).get(name)
  }
}

/** Applets that every busybox has. */
const BUSYBOX_NETWORK = new Set(['wget', 'nslookup', 'nc', 'ping', 'telnet'])
