/** A catalog that knows the cluster's own add-ons before it asks another: for presets whose other images are run by a stand-in. */
import { sha256 } from '../../src/lib/hash.ts'
import { addOnImages, addOnPrograms } from '../../src/programs/add-ons/index.ts'
import type { Catalog, Image } from '../../src/programs/contract.ts'
import { canonical, parseReference } from '../../src/programs/images/reference.ts'

const PULL_MS = 900
const records = new Map(addOnImages.flatMap((r) => r.repositories.map((name) => [name, r] as const)))

function find(text: string): { image: Image; name: string } | undefined {
  const reference = parseReference(text)
  const record = reference && (records.get(`${reference.registry}/${reference.repository}`) ?? records.get(reference.repository))
  const version = record?.version(reference!.tag)
  return version === undefined
    ? undefined
    : { image: { repositories: record!.repositories, ...record!.image(version, reference!.tag) }, name: canonical(reference!) }
}

export function withAddOns(base: Catalog): Catalog {
  return {
    signalsOfInit: base.signalsOfInit,
    pull(text, credentials) {
      const found = find(text)
      if (found === undefined) return base.pull(text, credentials)
      return {
        ok: true,
        image: found.image,
        imageId: `${found.name.replace(/:[^:/]*$/, '')}@sha256:${sha256(found.name)}`,
        sizeBytes: found.image.sizeBytes,
        pullMs: PULL_MS,
      }
    },
    image: (text) => find(text)?.image ?? base.image(text),
    program: (image, executable) =>
      addOnPrograms.find(
        (p) => image.executables.some((e) => p.executables.includes(e)) && p.executables.includes(executable.split('/').at(-1)!),
      ) ?? base.program(image, executable),
    command: (image, executable) => base.command(image, executable),
    programNamed: (name) => addOnPrograms.find((p) => p.name === name) ?? base.programNamed(name),
    tool: (image, name, ctx) => base.tool(image, name, ctx),
  }
}
