/**
 * `create deployment|job|cronjob`.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError, usageError } from '../../errors.ts'
import { fetchOne } from '../../resources/one.ts'
import type { VerbContext } from '../../verb.ts'
import { commandOf, containerName, type Generator } from './generator.ts'

const deployment: Generator = {
  path: 'kubectl create deployment',
  required: ['image'],
  failure: 'failed to create deployment: ',
  takesCommand: true,
  make(context, name) {
    const images = context.flags.list('image')
    const command = commandOf(context)
    if (images.length > 1 && command.length > 0) throw new CommandError('cannot specify multiple --image options and command')
    const replicas = context.flags.int('replicas')
    const port = context.flags.int('port')
    const containers = images.map((image) => ({
      image,
      name: containerName(context, image),
      ...(command.length > 0 ? { command: [...command] } : {}),
      ...(port >= 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }))
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels: { app: name } },
      spec: {
        replicas,
        selector: { matchLabels: { app: name } },
        strategy: {},
        template: { metadata: { labels: { app: name } }, spec: { containers } },
      },
      status: {},
    }
  },
}

const container = (context: VerbContext, name: string) => {
  const command = commandOf(context)
  return { name, image: context.flags.text('image'), ...(command.length > 0 ? { command: [...command] } : {}), resources: {} }
}

function jobFrom(context: VerbContext, name: string, from: string): ApiObject {
  const info = fetchOne(context, [from])
  if (info.kind.kind !== 'CronJob') throw new CommandError(`unknown object type *${info.kind.version}.${info.kind.kind}`)
  const cronJob = info.object!
  const template = cronJob.spec.jobTemplate as {
    metadata?: { annotations?: Record<string, string>; labels?: Record<string, string> }
    spec: unknown
  }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...template.metadata?.annotations },
      ...(template.metadata?.labels === undefined ? {} : { labels: template.metadata.labels }),
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'CronJob', name: cronJob.metadata.name, uid: cronJob.metadata.uid!, controller: true },
      ],
    },
    spec: template.spec,
    status: {},
  }
}

const job: Generator = {
  path: 'kubectl create job',
  failure: 'failed to create job: ',
  takesCommand: true,
  make(context, name) {
    const image = context.flags.text('image')
    const from = context.flags.text('from')
    if ((image === '') === (from === '')) throw new CommandError('either --image or --from must be specified')
    if (from !== '' && commandOf(context).length > 0) throw new CommandError('cannot specify --from and command')
    if (from !== '') return jobFrom(context, name, from)
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { template: { metadata: {}, spec: { containers: [container(context, name)], restartPolicy: 'Never' } } },
      status: {},
    }
  },
}

const cronJob: Generator = {
  path: 'kubectl create cronjob',
  required: ['image', 'schedule'],
  failure: 'failed to create cronjob: ',
  takesCommand: true,
  make(context, name) {
    const restart = context.flags.text('restart') || 'OnFailure'
    if (!['OnFailure', 'Never', 'Always'].includes(restart)) throw usageError(context.path, `invalid restart policy: ${restart}`)
    return {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: {
        schedule: context.flags.text('schedule'),
        jobTemplate: {
          metadata: { name },
          spec: { template: { metadata: {}, spec: { containers: [container(context, name)], restartPolicy: restart } } },
        },
      },
      status: {},
    }
  },
}

export const workloadGenerators: readonly Generator[] = [deployment, job, cronJob]
