/**
 * Flags that are taken and change nothing here, and flags that are refused, each with the reason: what they steer does not exist in a
 * simulated cluster. Keys are `--flag` for every command that has it as its own, or the command's path (`global` for the flags all share) and the flag.
 */
import type { Flags } from './pflag.ts'

const idle: Readonly<Record<string, string>> = {
  'global --as-user-extra': 'read where somebody is impersonated',
  'global --cache-dir': 'discovery is asked for anew each time',
  '--cached': 'discovery is asked for anew each time',
  '--chunk-size': 'a list comes whole, which prints the same',
  '--concurrency': 'objects are compared one after the other, which prints the same',
  '--detach-keys': 'nobody detaches here but by Ctrl-C',
  'global --disable-compression': 'answers do not travel',
  '--insecure-skip-tls-verify-backend': 'the API server and the kubelets know each other',
  'global --log-flush-frequency': 'kubectl keeps no log here',
  'global --match-server-version': 'client and server are of one version',
  '--openapi-patch': 'the types of all kinds are known',
  'global --password': 'read where there is a user name',
  'global --profile-output': 'used with --profile alone',
  '--retries': 'a copy does not break off',
  'global --tls-server-name': "the server is known by its authority alone, not by its certificate's names",
  '--use-protocol-buffers': 'answers do not travel',
  'global --v': 'kubectl keeps no log here',
  'global --vmodule': 'kubectl keeps no log here',
  'global --warnings-as-errors': 'read where there was a warning',
  'kubectl api-resources --show-managed-fields': 'the list of resources has no managed fields',
  'kubectl apply edit-last-applied --allow-missing-template-keys': 'an editor is given no templates',
  'kubectl apply edit-last-applied --show-managed-fields': 'the annotation holds none',
  'kubectl apply edit-last-applied --template': 'an editor is given no templates',
  'kubectl apply edit-last-applied --validate': 'an annotation is a text',
  'kubectl cluster-info dump --pod-running-timeout': 'a log is read at once, whatever its pod does',
  'kubectl edit --allow-missing-template-keys': 'an editor is given no templates',
  'kubectl kustomize --helm-api-versions': 'used with --enable-helm alone',
  'kubectl kustomize --helm-command': 'used with --enable-helm alone',
  'kubectl kustomize --helm-debug': 'used with --enable-helm alone',
  'kubectl kustomize --helm-kube-version': 'used with --enable-helm alone',
  'kubectl run --cascade': 'run deletes the pod it made and nothing else',
  'kubectl run --filename': 'the pod is made of --image',
  'kubectl run --force': 'run deletes the pod it made and nothing else',
  'kubectl run --grace-period': 'run deletes the pod it made and nothing else',
  'kubectl run --kustomize': 'the pod is made of --image',
  'kubectl run --recursive': 'the pod is made of --image',
  'kubectl run --timeout': 'run deletes the pod it made and nothing else',
  'kubectl run --wait': 'run deletes the pod it made and nothing else',
}

/** Refused when they ask for something: switched on, or given at all. */
const refused: Readonly<Record<string, string>> = {
  'global --kuberc': 'there are no preferences files; use shell aliases and functions',
  'global --profile': 'kubectl is not measured here',
  'kubectl kustomize --as-current-user': 'functions do not run here',
  'kubectl kustomize --enable-alpha-plugins': 'plugins do not run here',
  'kubectl kustomize --enable-helm': 'there is no helm here',
  'kubectl kustomize --env': 'functions do not run here',
  'kubectl kustomize --mount': 'functions do not run here',
  'kubectl kustomize --network': 'functions do not run here',
  'kubectl kustomize --network-name': 'functions do not run here',
}

const found = (list: Readonly<Record<string, string>>, path: string, flag: string): string | undefined =>
  list[`${path} --${flag}`] ?? list[`--${flag}`]

/** Why the flag changes nothing or is refused; undefined for one that does something. `path` is `kubectl get`, or `global`. */
export const withoutEffect = (path: string, flag: string): string | undefined => found(idle, path, flag) ?? found(refused, path, flag)

/** What to say of the first given flag that is not to be had, undefined where all are. */
export function refusal(path: string, flags: Flags): string | undefined {
  // `debug --profile` and the like are commands' own.
  for (const { name, global } of flags.given()) {
    const reason = found(refused, global === true ? 'global' : path, name)
    if (reason !== undefined && !['false', 'none', 'off', ''].includes(flags.text(name)))
      return `--${name} is not available in this lab: ${reason}`
  }
  return undefined
}
