import { describe, expect, test } from 'vitest'
import { cronJob } from '../../../src/kinds/batch/cronjob/index.ts'
import { scheduleError } from '../../../src/kinds/batch/cronjob/schedule.ts'
import { job } from '../../../src/kinds/batch/job/index.ts'
import { changeRefusals, created, NOW_MS, refusals, row } from '../judge.ts'

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } }

describe('a job', () => {
  test('is known by its uid, and shows its labels when it has none', () => {
    const made = created(job, { metadata: { name: 'pi' }, spec: { template } })
    const labels = {
      'batch.kubernetes.io/controller-uid': 'uid-1',
      'batch.kubernetes.io/job-name': 'pi',
      'controller-uid': 'uid-1',
      'job-name': 'pi',
    }
    expect(made['spec'].selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'uid-1' } })
    expect(made['spec'].template.metadata.labels).toEqual(labels)
    expect(made.metadata.labels).toEqual(labels)
    expect(made['spec']).toMatchObject({
      backoffLimit: 6,
      completions: 1,
      parallelism: 1,
      completionMode: 'NonIndexed',
      suspend: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    })
  })
  test('keeps labels of its own', () => {
    expect(created(job, { metadata: { labels: { app: 'a' } }, spec: { template } }).metadata.labels).toEqual({ app: 'a' })
  })
  test('with parallelism alone has no completions', () => {
    expect(created(job, { spec: { parallelism: 2, template } })['spec'].completions).toBeUndefined()
  })
  test.each([
    [
      'restarting for ever',
      { template: { spec: { containers: template.spec.containers } } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      'indexed without completions',
      { completionMode: 'Indexed', parallelism: 2, template },
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    ['less than nothing', { completions: -1, template }, ['spec.completions: Invalid value: -1: must be greater than or equal to 0']],
    [
      'a selector of its own',
      { selector: { matchLabels: { app: 'a' } }, template: { ...template, metadata: { labels: { app: 'a' } } } },
      [
        'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"uid-1","app":"a"}}: `selector` not auto-generated',
      ],
    ],
    [
      'failures by index where there are no indexes',
      { maxFailedIndexes: 2, template },
      [
        'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
        'spec.maxFailedIndexes: Invalid value: 2: requires indexed completion mode',
      ],
    ],
    [
      'a manager without a domain',
      { managedBy: 'me', template },
      ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      'success by indexes there are not',
      {
        completionMode: 'Indexed',
        completions: 3,
        successPolicy: { rules: [{}, { succeededIndexes: '2-1' }, { succeededCount: 7 }] },
        template,
      },
      [
        'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
        'spec.successPolicy.rules[1].succeededIndexes: Invalid value: "2-1": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1',
        'spec.successPolicy.rules[2].succeededCount: Invalid value: 7: must be less than or equal to 3 (the number of specified completions)',
      ],
    ],
    [
      'success by indexes of a Job without',
      { successPolicy: { rules: [{ succeededCount: 1 }] }, template },
      ['spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode'],
    ],
    [
      'exit codes out of order',
      { podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [2, 1, 1] } }] }, template },
      [
        'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 1',
        'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1,1]: must be ordered',
      ],
    ],
  ])('is refused: %s', (_name, spec, expected) => {
    expect(refusals(job, { spec })).toEqual(expected)
  })
  test('a failure policy says what it does, to whom', () => {
    const rules = [{ action: 'Stop', onExitCodes: { operator: 'In', values: [0], containerName: 'x' } }, { action: 'FailJob' }]
    expect(
      refusals(job, { spec: { podFailurePolicy: { rules }, template: { spec: { ...template.spec, restartPolicy: 'OnFailure' } } } }),
    ).toEqual([
      'spec.podFailurePolicy.rules[0].action: Unsupported value: "Stop": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
      'spec.podFailurePolicy.rules[1]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ])
  })
  test('a name with dots is advised against, once', () => {
    const made = created(job, { metadata: { name: 'a.b' }, spec: { template } })
    expect(job.warnings!(made, undefined)[0]).toBe(
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
    )
    expect(job.warnings!(made, made)).toEqual([])
  })
  test('keeps its completions, but an elastic indexed one may change both', () => {
    const made = created(job, { spec: { template } })
    expect(changeRefusals(job, { spec: { template } }, { spec: { ...made['spec'], completions: 8 } })).toEqual([
      'spec.completions: Invalid value: 8: field is immutable',
    ])
    const indexed = { completionMode: 'Indexed', completions: 2, parallelism: 2, template }
    const spec = { ...created(job, { spec: indexed })['spec'], completions: 3, parallelism: 3 }
    expect(changeRefusals(job, { spec: indexed }, { spec })).toEqual([])
    expect(changeRefusals(job, { spec: indexed }, { spec: { ...spec, parallelism: 2 } })).toEqual([
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
    ])
  })
  test.each([
    ['running', {}, 'Running'],
    [
      'done',
      {
        conditions: [
          { type: 'SuccessCriteriaMet', status: 'True' },
          { type: 'Complete', status: 'True' },
        ],
      },
      'Complete',
    ],
    ['suspended', { conditions: [{ type: 'Suspended', status: 'True' }] }, 'Suspended'],
    ['about to fail', { conditions: [{ type: 'FailureTarget', status: 'True' }] }, 'FailureTarget'],
  ])('reads %s', (_name, status, expected) => {
    expect(row(job, { ...created(job, { spec: { template } }), status })['Status']).toBe(expected)
  })
  test('tells how long it took', () => {
    const o = {
      ...created(job, { spec: { template } }),
      status: { startTime: '2026-11-20T06:00:00Z', completionTime: '2026-11-20T06:00:05Z', succeeded: 1 },
    }
    expect(row(job, o, NOW_MS + 60_000)).toMatchObject({ Duration: '5s', Completions: '1/1' })
  })
})

describe('a cron schedule', () => {
  test.each([
    ['*/5 * * * *', undefined],
    ['@hourly', undefined],
    ['0 0 * jan-mar mon', undefined],
    ['every day', 'expected exactly 5 fields, found 2: [every day]'],
    ['61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
  ])('%s', (schedule, expected) => {
    expect(scheduleError(schedule)).toBe(expected)
  })
  const jobTemplate = { spec: { template } }
  test.each([
    [
      'a schedule that is none',
      { schedule: 'every day', jobTemplate },
      ['spec.schedule: Invalid value: "every day": expected exactly 5 fields, found 2: [every day]'],
    ],
    [
      'a zone nobody knows',
      { schedule: '@daily', timeZone: 'Mars/Base', jobTemplate },
      ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base'],
    ],
    [
      'a policy nobody knows',
      { schedule: '@daily', concurrencyPolicy: 'Maybe', jobTemplate },
      ['spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"'],
    ],
    ['a good one', { schedule: '@daily', timeZone: 'Europe/Madrid', jobTemplate }, []],
  ])('of a CronJob: %s', (_name, spec, expected) => {
    expect(refusals(cronJob, { spec })).toEqual(expected)
  })
})
