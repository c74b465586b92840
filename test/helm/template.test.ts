/** Templates: what they give, what they say when they cannot, and that none runs away. */
import { describe, expect, test } from 'vitest'
import { type ChartFile, HelmError } from '../../src/helm/chart/contract.ts'
import { chartOf } from '../../src/helm/chart/load.ts'
import { type RenderWorld, renderChart } from '../../src/helm/chart/render.ts'
import { coalesceValues } from '../../src/helm/chart/values.ts'
import type { Fields } from '../../src/helm/template/values.ts'

let draws = 0
const world = (rest: Partial<RenderWorld> = {}): RenderWorld => ({
  release: { name: 'r', namespace: 'lab', revision: 1, isInstall: true, isUpgrade: false },
  kubeVersion: 'v1.36.2',
  apiVersions: ['v1', 'apps/v1'],
  helmVersion: 'v3.18.6',
  now: () => Date.UTC(2026, 10, 2, 8, 0, 0),
  random: () => (draws++ % 10) / 10,
  ...rest,
})

const chartFile: ChartFile = { name: 'Chart.yaml', text: 'apiVersion: v2\nname: web\nversion: 0.1.0\nappVersion: "1.2"\n' }

function render(template: string, values: Fields = {}, more: readonly ChartFile[] = [], rest: Partial<RenderWorld> = {}): string {
  const chart = chartOf([chartFile, { name: 'templates/t.yaml', text: template }, ...more])
  return renderChart(chart, coalesceValues(chart, values), world(rest)).find((r) => r.name === 'web/templates/t.yaml')!.text
}

function failure(template: string, values: Fields = {}, more: readonly ChartFile[] = [], rest: Partial<RenderWorld> = {}): string {
  try {
    render(template, values, more, rest)
  } catch (error) {
    if (error instanceof HelmError) return error.message
    throw error
  }
  return 'no failure'
}

const helpers = (text: string): ChartFile => ({ name: 'templates/_helpers.tpl', text })

describe('what a template gives', () => {
  test.each<[string, string, Fields, string]>([
    ['text as it is', 'a\n  b\n', {}, 'a\n  b\n'],
    ['trims to the left', 'a \n {{- "b" }} c', {}, 'ab c'],
    ['trims to the right', '{{ "a" -}} \n b', {}, 'ab'],
    ['comments', 'a{{/* no */}}b {{- /* no */ -}} c', {}, 'abc'],
    ['a value', '{{ .Values.a.b }}', { a: { b: 'x' } }, 'x'],
    ['nothing for what is not there', '[{{ .Values.none }}]', {}, '[]'],
    ['if, else if, else', '{{ if .Values.a }}a{{ else if .Values.b }}b{{ else }}c{{ end }}', { b: true }, 'b'],
    ['with', '{{ with .Values.a }}{{ .b }}{{ $.Release.Name }}{{ end }}', { a: { b: 1n } }, '1r'],
    ['with, else', '{{ with .Values.a }}x{{ else }}y{{ end }}', {}, 'y'],
    ['range over a list', '{{ range $i, $v := .Values.l }}{{ $i }}={{ $v }};{{ end }}', { l: ['a', 'b'] }, '0=a;1=b;'],
    ['range over a map, sorted', '{{ range $k, $v := .Values.m }}{{ $k }}{{ $v }}{{ end }}', { m: { b: 2, a: 1 } }, 'a1b2'],
    ['range, else', '{{ range .Values.l }}x{{ else }}none{{ end }}', { l: [] }, 'none'],
    [
      'break and continue',
      '{{ range until 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}{{ . }}{{ end }}',
      {},
      '02',
    ],
    ['variables keep what is assigned inside', '{{ $x := 1 }}{{ range until 3 }}{{ $x = add $x . }}{{ end }}{{ $x }}', {}, '4'],
    ['pipelines', '{{ "a" | upper | quote }}', {}, '"A"'],
    ['and, or stop early', '{{ or "" "b" (fail "never") }}{{ and "" (fail "never") }}', {}, 'b'],
    ['a big number of a file is a float64', '{{ .Values.n }}', { n: 1_000_000 }, '1e+06'],
    ['a big number of --set is an int', '{{ .Values.n }}', { n: 1_000_000n }, '1000000'],
    ['printf', '{{ printf "%s-%d-%05.1f-%q-%v" "a" 3 2.5 "q" (list 1 2) }}', {}, 'a-3-002.5-"q"-[1 2]'],
    ['index', '{{ index .Values "a-b" }}{{ index .Values.l 1 }}', { 'a-b': 'x', l: ['p', 'q'] }, 'xq'],
    ['define and template', '{{ define "x" }}<{{ . }}>{{ end }}{{ template "x" "y" }}', {}, '<y>'],
    ['toYaml, nindent', 'a:{{ toYaml .Values.m | nindent 2 }}', { m: { b: [1, 'x'], a: true } }, 'a:\n  a: true\n  b:\n  - 1\n  - x'],
    ['tpl', '{{ tpl .Values.t . }}', { t: '{{ .Release.Name }}!' }, 'r!'],
    ['default, coalesce, ternary', '{{ default "d" .Values.a }}{{ coalesce "" .Values.a "c" }}{{ ternary "y" "n" true }}', {}, 'dcy'],
    [
      'get, set, hasKey, dig',
      '{{ $m := dict "a" "b" }}{{ $_ := set $m "c" "d" }}{{ get $m "c" }}{{ hasKey $m "z" }}{{ dig "a" "b" "none" (dict) }}',
      {},
      'dfalsenone',
    ],
    [
      'merge keeps, mergeOverwrite replaces',
      '{{ toJson (merge (dict "a" 1) (dict "a" 2 "b" 3)) }}{{ toJson (mergeOverwrite (dict "a" 1) (dict "a" 2)) }}',
      {},
      '{"a":1,"b":3}{"a":2}',
    ],
    [
      'keys, pick, omit, values',
      '{{ keys .Values.m | sortAlpha | join "," }}{{ toJson (pick .Values.m "a") }}{{ toJson (omit .Values.m "a") }}',
      { m: { a: 1, b: 2 } },
      'a,b{"a":1}{"b":2}',
    ],
    [
      'arithmetic',
      '{{ add 1 2 3 }} {{ sub 5 3 }} {{ mul 2 3 }} {{ div 7 2 }} {{ mod 7 2 }} {{ max 1 9 3 }} {{ min 4 2 }} {{ int "12" }} {{ float64 "1.5" }}',
      {},
      '6 2 6 3 1 9 2 12 1.5',
    ],
    ['seq, until, untilStep', '{{ seq 3 }} {{ until 3 }} {{ untilStep 0 6 2 }}', {}, '1 2 3 [0 1 2] [0 2 4]'],
    [
      'text',
      '{{ trunc 3 "abcdef" }} {{ trimSuffix "-" "a-" }} {{ replace "+" "_" "1+2" }} {{ squote "a" }} {{ contains "b" "abc" }} {{ snakecase "fooBar" }}',
      {},
      "abc a 1_2 'a' true foo_bar",
    ],
    ['regular expressions', '{{ regexMatch "^a.c$" "abc" }} {{ regexReplaceAll "(a)(b)" "abab" "${2}${1}" }}', {}, 'true baba'],
    ['base64 and sums', '{{ b64enc "a" }} {{ b64dec "YQ==" }} {{ sha256sum "a" | trunc 8 }}', {}, 'YQ== a ca978112'],
    ['fromYaml, fromJson', '{{ (fromYaml "a: 1").a }}{{ (fromJson "{\\"b\\":2}").b }}', {}, '12'],
    [
      'semverCompare',
      '{{ semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version }} {{ semverCompare "^1.2" "2.0.0" }}',
      {},
      'true false',
    ],
    ['dates', '{{ now | date "2006-01-02 15:04" }} {{ now | htmlDate }}', {}, '2026-11-02 08:00 2026-11-02'],
    [
      '.Chart, .Release, .Template',
      '{{ .Chart.Name }}-{{ .Chart.AppVersion }} {{ .Release.Service }} {{ .Template.Name }}',
      {},
      'web-1.2 Helm web/templates/t.yaml',
    ],
    ['.Capabilities', '{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.KubeVersion.Minor }}', {}, 'true 36'],
  ])('%s', (_name, template, values, wanted) => {
    expect(render(template, values)).toBe(wanted)
  })

  test('include, with what another file defines', () => {
    expect(render('{{ include "x" . | upper }}', {}, [helpers('{{ define "x" }}{{ .Release.Name }}{{ end }}')])).toBe('R')
  })

  test('.Files', () => {
    const files = [
      { name: 'conf/a.txt', text: 'one\n' },
      { name: 'conf/b.txt', text: 'two' },
    ]
    expect(
      render('{{ .Files.Get "conf/a.txt" }}{{ (.Files.Glob "conf/*").AsConfig }}|{{ (.Files.Glob "conf/b*").AsSecrets }}', {}, files),
    ).toBe('one\na.txt: |\n  one\nb.txt: two|b.txt: dHdv')
  })

  test('lookup asks the cluster, and is empty without one', () => {
    const template = '{{ (lookup "v1" "Secret" "lab" "s").data }}'
    expect(render(template)).toBe('')
    expect(render(template, {}, [], { lookup: (_v, kind, _ns, name) => ({ data: `${kind}/${name}` }) })).toBe('Secret/s')
  })

  test('a parent overrides what its subchart defines', () => {
    const sub = [
      { name: 'charts/db/Chart.yaml', text: 'apiVersion: v2\nname: db\nversion: 1.0.0\n' },
      { name: 'charts/db/templates/_h.tpl', text: '{{ define "who" }}db{{ end }}' },
    ]
    expect(render('{{ include "who" . }}', {}, [...sub, helpers('{{ define "who" }}parent{{ end }}')])).toBe('parent')
  })
})

describe('what it says when it cannot', () => {
  const at = 'template: web/templates/t.yaml'
  test.each<[string, string, Fields, string]>([
    [
      'a field of nothing',
      'x\n  y: {{ .Values.a.b }}',
      {},
      `${at}:2:15: executing "web/templates/t.yaml" at <.Values.a.b>: nil pointer evaluating interface {}.b`,
    ],
    [
      'a field of a text',
      '{{ .Values.a.b }}',
      { a: 's' },
      `${at}:1:10: executing "web/templates/t.yaml" at <.Values.a.b>: can't evaluate field b in type interface {}`,
    ],
    [
      'nothing where a text is wanted',
      '{{ upper .Values.a }}',
      {},
      `${at}:1:16: executing "web/templates/t.yaml" at <.Values.a>: wrong type for value; expected string; got interface {}`,
    ],
    [
      'a float where an int is wanted',
      '{{ until .Values.n }}',
      { n: 3 },
      `${at}:1:16: executing "web/templates/t.yaml" at <.Values.n>: wrong type for value; expected int; got float64`,
    ],
    [
      'numbers of two kinds',
      '{{ eq .Values.n 3 }}',
      { n: 3 },
      `${at}:1:3: executing "web/templates/t.yaml" at <eq .Values.n 3>: error calling eq: incompatible types for comparison`,
    ],
    [
      'too few arguments',
      '{{ nindent }}',
      {},
      `${at}:1:3: executing "web/templates/t.yaml" at <nindent>: wrong number of args for nindent: want 2 got 0`,
    ],
    ['fail', 'a\n{{ fail "no way" }}', {}, 'execution error at (web/templates/t.yaml:2:3): no way'],
    ['required', '{{ required "a is needed" .Values.a }}', {}, 'execution error at (web/templates/t.yaml:1:3): a is needed'],
    [
      'a template nobody defined',
      '{{ include "gone" . }}',
      {},
      `${at}:1:3: executing "web/templates/t.yaml" at <include "gone" .>: error calling include: template: no template "gone" associated with template "gotpl"`,
    ],
    ['an unknown function', '{{ nope 1 }}', {}, 'parse error at (web/templates/t.yaml:1): function "nope" not defined'],
    ['an unclosed action', 'a\n{{ .Values.x', {}, 'parse error at (web/templates/t.yaml:2): unclosed action'],
    ['an end too many', '{{ end }}', {}, 'parse error at (web/templates/t.yaml:1): unexpected {{end}}'],
    ['an end too few', '{{ if true }}x', {}, 'parse error at (web/templates/t.yaml:1): unexpected EOF'],
    ['an unknown variable', '{{ $x }}', {}, 'parse error at (web/templates/t.yaml:1): undefined variable "$x"'],
    [
      'keys and certificates',
      '{{ genCA "a" 1 }}',
      {},
      `${at}:1:3: executing "web/templates/t.yaml" at <genCA "a" 1>: error calling genCA: genCA is not simulated in this lab`,
    ],
  ])('%s', (_name, template, values, wanted) => {
    expect(failure(template, values)).toBe(wanted)
  })

  test('a failure inside of include says both places', () => {
    expect(failure('{{ include "x" . }}', {}, [helpers('{{ define "x" }}\n{{ .Values.a.b }}{{ end }}')])).toBe(
      `${at}:1:3: executing "web/templates/t.yaml" at <include "x" .>: error calling include: template: web/templates/_helpers.tpl:2:10: executing "x" at <.Values.a.b>: nil pointer evaluating interface {}.b`,
    )
  })

  test('lint --strict: a key that is missing', () => {
    expect(failure('{{ .Values.a }}', {}, [], { strict: true })).toBe(
      `${at}:1:10: executing "web/templates/t.yaml" at <.Values.a>: map has no entry for key "a"`,
    )
  })
})

describe('none runs away', () => {
  test.each<[string, string, RegExp]>([
    [
      'a template that includes itself',
      '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}',
      /nested reference name: x|maximum template depth/,
    ],
    ['a template that calls itself', '{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}', /maximum template depth/],
    ['tpl of itself', '{{ tpl .Values.t . }}', /maximum template depth/],
    ['loops within loops', '{{ range until 10000 }}{{ range until 10000 }}x{{ end }}{{ end }}', /limit of the lab/],
    ['a text that doubles', '{{ $s := "xxxxxxxx" }}{{ range until 100 }}{{ $s = cat $s $s }}{{ end }}', /limit of the lab/],
    ['a list that doubles', '{{ $l := list 1 }}{{ range until 100 }}{{ $l = list $l $l }}{{ end }}{{ toYaml $l }}', /limit of the lab/],
    ['a dictionary in itself', '{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ toYaml $d }}', /limit of the lab/],
    ['repeat', '{{ repeat 1000000000 "x" }}', /more than the lab|limit of the lab/],
    ['width of printf', '{{ range until 10000 }}{{ printf "%9999d" 1 }}{{ end }}', /limit of the lab/],
  ])('%s', (_name, template, wanted) => {
    expect(failure(template, { t: '{{ tpl .Values.t . }}' })).toMatch(wanted)
  })

  test('a pattern that would backtrack answers at once', () => {
    expect(render('{{ regexMatch "^(a+)+$" (printf "%sb" (repeat 5000 "a")) }}')).toBe('false')
  })
})
