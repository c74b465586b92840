/**
 * What the API says of its own fields, for `kubectl explain`: read when building from two declared dependencies and never committed.
 * @kubernetes/client-node has the words of this release, but none for fields that are references, and no lists of values;
 * kubernetes-models has both, of an older release. So: client-node's text where it has one, with kubernetes-models' list of values.
 */
import { existsSync, readFileSync } from 'node:fs'
import { deflateRawSync } from 'node:zlib'

const CLIENT = 'node_modules/@kubernetes/client-node/dist/gen/models'
const MODELS = 'node_modules/kubernetes-models'
const META = 'node_modules/@kubernetes-models/apimachinery/apis/meta/v1'
const ENUM = '\n\nPossible enum values:'

/** The text of a `/** … *​/` block: without its stars, with its own line breaks. */
function plain(comment) {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim()
    .replace(/\\(["'*@`\\])/g, '$1')
}

const BLOCK = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:interface|declare class) \w+[^{]*\{([\s\S]*?)\n\}/
const ALIAS = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export declare type/
const FIELD = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:'|")?([\w$-]+)(?:'|")?\??:/g

/** `{'': of the type, field: of a field}` out of a declaration file; client-node hides `$` and reserved words behind an underscore. */
function read(file) {
  if (!existsSync(file)) return {}
  const source = readFileSync(file, 'utf8')
  const found = BLOCK.exec(source)
  if (found === null) {
    const alias = ALIAS.exec(source)
    return alias === null ? {} : { '': plain(alias[1]) }
  }
  const texts = { '': plain(found[1]) }
  for (const [, comment, name] of found[2].matchAll(FIELD)) texts[name.replace(/^_/, '')] = plain(comment)
  return texts
}

function modelFile(name) {
  const short = name.slice(name.lastIndexOf('.') + 1)
  const shared = /^io\.k8s\.apimachinery\.pkg\.((?:api|util)\.\w+)\.\w+$/.exec(name)
  if (shared) return `node_modules/@kubernetes-models/apimachinery/${shared[1].replace('.', '/')}/${short}.d.ts`
  if (name.startsWith('io.k8s.apimachinery.pkg.apis.meta.v1.')) return `${META}/${short}.d.ts`
  const [, group, version] = /(?:io\.k8s\.api|pkg\.apis)\.([a-z]+)\.(v\w+)\.\w+$/.exec(name) ?? []
  if (group === undefined) return ''
  if (group === 'core') return `${MODELS}/${version}/${short}.d.ts`
  return (
    [group, `${group}.k8s.io`, `${group}.authorization.k8s.io`].map((g) => `${MODELS}/${g}/${version}/${short}.d.ts`).find(existsSync) ?? ''
  )
}

function clientFile(name) {
  const [, group, version, short] = /([a-z]+)\.(v\w+)\.(\w+)$/.exec(name) ?? []
  if (version === undefined) return ''
  const [own, shared] = [`${group[0].toUpperCase()}${group.slice(1)}`, `${version[0].toUpperCase()}${version.slice(1)}`]
  return [`${CLIENT}/${own}${shared}${short}.d.ts`, `${CLIENT}/${shared}${short}.d.ts`].find(existsSync) ?? ''
}

const squeezed = (text) => text.replace(/\s+/g, ' ').trim()

function merged(client, model) {
  if (client === undefined || model === undefined) return client ?? model
  const at = model.indexOf(ENUM)
  const [text, values] = at < 0 ? [model, ''] : [model.slice(0, at), model.slice(at)]
  // The same words: the model's text, which keeps its line breaks.
  return squeezed(text) === squeezed(client) ? model : client + values
}

/** All descriptions by schema name, as base64 of deflated JSON; '' when the dependencies are not installed. */
export function apiDescriptions() {
  if (!existsSync(CLIENT)) return ''
  const definitions = JSON.parse(readFileSync('src/api/generated/definitions.json', 'utf8'))
  const types = definitions.definitions ?? definitions
  const all = {}
  for (const name of Object.keys(types)) {
    const [client, model] = [read(clientFile(name)), read(modelFile(name))]
    const texts = {}
    for (const field of new Set([...Object.keys(client), ...Object.keys(model)])) {
      // Of a reference client-node tells the type's words, not the field's.
      const reference = field !== '' && types[name].properties?.[field]?.ref !== undefined
      texts[field] = reference && model[field] !== undefined ? model[field] : merged(client[field], model[field])
    }
    if (Object.keys(texts).length > 0) all[name] = texts
  }
  return deflateRawSync(JSON.stringify(all), { level: 9 }).toString('base64')
}
