/**
 * `kubectl set image`.
 */
import { CommandError, throwAll } from '../../errors.ts'
import { teller } from '../../options.ts'
import { changeEach, noTemplate, podSpecOf, targets } from '../../pod-template.ts'
import { plainVerb } from '../../verb.ts'
import { splitPairs } from '../pairs.ts'

export const setImageVerb = plainVerb('kubectl set image', (context) => {
  const { resources, pairs } = splitPairs(context.args, 'image')
  // What is named is looked up before the images are looked at.
  const { failures } = targets(context, resources)
  throwAll(failures)
  const problems: string[] = []
  const filed = context.flags.list('filename').length > 0 || context.flags.text('kustomize') !== ''
  if (resources.length < 1 && !filed) problems.push('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (pairs.length < 1) problems.push('at least one image update is required')
  const images = pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
  if (images.length > 1 && images.some(([name]) => name === '*'))
    problems.push('all containers are already specified by *, but saw more than one container_name=container_image pairs')
  if (problems.length > 0) throw new CommandError(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`)
  const tell = teller(context)
  changeEach(
    context,
    resources,
    tell,
    { message: 'image updated', failure: 'failed to patch image update to pod template: ' },
    (info, copy) => {
      const spec = podSpecOf(info.kind, copy)
      if (spec === undefined) throw noTemplate(info)
      for (const [name, image] of images) {
        const found = [...(spec.initContainers ?? []), ...spec.containers].filter((c) => name === '*' || c.name === name)
        if (found.length === 0) throw new CommandError(`unable to find container named ${JSON.stringify(name)}`)
        for (const container of found) container.image = image
      }
    },
  )
  return 0
})
