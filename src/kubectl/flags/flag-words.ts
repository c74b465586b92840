/**
 * What each flag is for, in a phrase of our own; helps print it under the flag. By name; where a command means something else by a name, by
 * its path and the name.
 */
const words = `accept-hosts: Hosts whose requests are let through
accept-paths: Paths that are let through
address: Addresses of this machine to listen on
aggregation-rule: Labels of the cluster roles whose rules are gathered
all: Every object of the named types in the namespace
all-containers: Every container of the pod
all-namespaces: In all namespaces, not only in the current one
all-pods: Every pod of the named objects
allow-missing-template-keys: A template may name fields that an object does not have
allowlist-entry: Programs that may be run
annotation: Annotations as key=value
annotations: Annotations as key=value
api-group: Only resources of this group
api-prefix: Path under which the API is served
api-version: The version to speak of, group included
append-hash: End the name with a hash of the content
append-server-path: Put the server's path before that of requests
appendarg: Arguments put behind others
arguments-only: Keep the command, give it these arguments
as: Act as this user
as-current-user: Run functions as the current user
as-group: Act as a member of these groups
as-uid: Act with this user's uid
as-user-extra: Act with these extra values, as key=value
attach: Join the main process once it runs
audience: For whom the token is meant
auth-provider: Name of an authentication plugin
auth-provider-arg: key=value for the authentication plugin; key- takes one away
bound-object-kind: Kind of the object the token lives and dies with
bound-object-name: Name of the object the token lives and dies with
bound-object-uid: Uid of the object the token lives and dies with
cache-dir: Folder for what was discovered
cached: Take discovery from the cache where there is one
cascade: What becomes of the dependents: background, foreground or orphan
categories: Only resources of these categories
cert: File with the certificate
certificate-authority: File with the authority by which the server is known
chunk-size: How many objects are asked for at once
class: The ingress class
client: The client alone, without asking a server
client-certificate: File with the certificate to be known by
client-key: File with the key of the certificate
cluster: Name of an entry of clusters in the kubeconfig
cluster-ip: Address of the service; None for a headless one
clusterip: Address of the service; None for a headless one
clusterrole: The cluster role that is bound
command: What follows -- is the command, not arguments to it
concurrency: How many objects are compared at once
container: The container; the first or the annotated one where none is named
containers: One row for each container
context: Name of an entry of contexts in the kubeconfig
copy-to: Make a copy of the pod by this name and debug that
cpu: Target of CPU use, in per cent or as a quantity
create-annotation: Make the annotation where it is missing
current: Change the current context
current-replicas: Only if there are so many now
custom: File with fields for the debugging container
default-backend: Service for what no rule fits, as name:port
delete-emptydir-data: Evict pods too whose emptyDir is lost with them
description: A text on what the class is for
detach-keys: Keys that leave the container running
disable-compression: Take answers uncompressed
disable-eviction: Delete pods, which asks no disruption budget
disable-filter: Let every request through
docker-email: Address for the registry
docker-password: Password for the registry
docker-server: Address of the registry
docker-username: User name for the registry
dry-run: none, client (show what would be sent) or server (send it, keep nothing)
duration: How long the token is good for
edit: Open the objects in an editor first
embed-certs: Put the files' content into the kubeconfig
enable-alpha-plugins: Run plugins of kustomize
enable-helm: Inflate helm charts
env: Environment variables as key=value
exec-api-version: API version of the credential program
exec-arg: Arguments of the credential program
exec-command: Program that is asked for credentials
exec-env: key=value for the credential program; key- takes one away
exec-interactive-mode: Whether the credential program may read the terminal
exec-provide-cluster-info: Tell the credential program of the cluster
expose: Make a service for the pod as well
external-ip: Another address by which the service is reached
external-name: The name the service stands for
field-manager: Name under which the changed fields are remembered
field-selector: Only objects whose fields say so, as key=value
filename: Files, folders or - for standard input
flatten: Put the files' content in, so that the kubeconfig stands alone
follow: Go on printing as more is written
for: What is waited for
force: Go on where a check would stop it
force-conflicts: Take fields over that others manage
from: Take it from this object
from-env-file: File of key=value lines
from-file: File whose content is a value, as key=file
from-literal: A value, as key=value
global-default: Pods that name no class have this one
grace-period: Seconds that processes are given to end; below zero, as the object says
group: Groups
hard: The limits, as resource=quantity
helm-api-versions: API versions for charts
helm-command: The helm program
helm-debug: Let helm tell more
helm-kube-version: Kubernetes version for charts
ignore-daemonsets: Let pods of daemon sets be
ignore-errors: Go on where a log cannot be read
ignore-not-found: What is not there is no error
image: The container image
image-pull-policy: Always, IfNotPresent or Never
insecure-skip-tls-verify: Believe whoever answers to be the server
insecure-skip-tls-verify-backend: Believe whoever answers to be the kubelet
interactive: Ask before anything is deleted
keep-annotations: The copy keeps the annotations
keep-init-containers: The copy keeps the init containers
keep-labels: The copy keeps the labels
keep-liveness: The copy keeps the liveness probes
keep-readiness: The copy keeps the readiness probes
keep-startup: The copy keeps the startup probes
keepalive: How long idle connections are kept
key: File with the private key
keys: Only these keys
kubeconfig: The kubeconfig file to use
kuberc: File of preferences
kustomize: Folder with a kustomization
label-columns: Labels that get a column each
labels: Labels as key=value
leave-stdin-open: Standard input stays open when the first to attach leaves
limit-bytes: At most so many bytes
limits: Limits as resource=quantity
list: Show, change nothing
load-balancer-ip: Address for the load balancer
load-restrictor: Whether files outside the kustomization's folder may be read
local: Ask no server
log-flush-frequency: Time between writes of the log
match-server-version: Client and server must be of one version
max: The most
max-log-requests: How many logs are followed at most
max-unavailable: How many pods may be missing, a number or per cent
memory: Target of memory use, in per cent or as a quantity
merge: Merge all kubeconfig files
min: The least
min-available: How many pods must stay, a number or per cent
minify: Only what the current context needs
mount: Volumes for functions
name: The name
namespace: The namespace to act in
namespaced: Only resources in namespaces, or only those in none
namespaces: The namespaces to dump
network: Functions may use the network
network-name: The network of functions
no-headers: Without the line of headings
no-preserve: Leave owner and mode of files behind
node-port: The port at each node
non-resource-url: Paths that are no resources
now: Processes are given one second to end
openapi-patch: Work out patches from the server's types
option: Values of flags
output: The format to print in
output-directory: Folder to write to
output-patch: Print the patch when something was edited
output-watch-events: Say what sort of event each line is
override-type: How the overrides are laid on: json, merge or strategic
overrides: JSON laid over what was generated
overwrite: What is there may be changed
password: Password for the server
patch: The patch
patch-file: File with the patch
pod-running-timeout: How long to wait for a running pod
pod-selector: Which pods are evicted
policy: Whether programs for credentials may run
port: The port
preemption-policy: Whether pods of the class may push others out
prefix: Begin each line with pod and container
prependarg: Arguments put before others
previous: Of the run before the last restart
privileged: Debugging container with every right
profile: What the debugging container may do
profile-output: File for the measurements
protocol: The network protocol
proxy-url: Proxy between client and server
prune: Delete what was applied before and is no longer in the files
prune-allowlist: Only kinds named here are pruned, as group/version/kind
quiet: Say less
raw: Ask at this path of the server
recursive: Folders with all below them
reject-methods: Methods that are refused
reject-paths: Paths that are refused
remove-extra-permissions: Take away rules that are not in the file
remove-extra-subjects: Take away subjects that are not in the file
replace: Delete the pod that was copied
replicas: How many there are to be
request-timeout: How long one request may take; 0 for as long as it likes
requests: Requests as resource=quantity
resolve: Show what references stand for
resource: Resources the rule is about
resource-name: Only objects of these names
resource-version: Only if the object is still at this version
restart: When the kubelet starts containers again: Always, OnFailure or Never
retries: How often a broken copy is taken up again
revision: The revision
rm: Delete the pod when its process has ended
role: The role that is bound
rule: A rule, as host/path=service:port
same-node: The copy runs where the pod runs
save-config: Remember what was sent as apply does
schedule: When it runs, as cron writes it
scopes: What the quota counts
section: Which part of the preferences
selector: Only objects whose labels fit
server: Address of the API server
server-print: The server makes the columns
server-side: The server merges, and remembers who manages which field
serviceaccount: Service accounts
session-affinity: None or ClientIP
set-image: Images for the copy's containers, as name=image
set-raw-bytes: The value is taken as it is, without base64
share-processes: Containers of the copy see each other's processes
show-capacity: Per cent of the capacity, not of what is allocatable
show-events: With the events about it
show-kind: Put the kind before names
show-labels: All labels as the last column
show-managed-fields: With the managed fields
show-secrets: Show what secrets hold
show-swap: With swap
since: Nothing older than this
since-time: Nothing before this moment
skip-wait-for-delete-timeout: Do not wait for pods that have been ending for so many seconds
sort-by: The field to sort by
stdin: Hand standard input to the container
subresource: The part of the object that is meant
sum: A last line with the sums
tail: The last so many lines; all below zero
target: The container whose processes are shared
target-port: The port of the pods
tcp: Ports as port:targetPort
template: The template, or the file it is in
timeout: How long to wait
timestamps: Begin each line with its time
tls-server-name: Name the server's certificate must carry
to-revision: The revision to go back to; 0 for the one before
token: Bearer token for the server
tty: With a terminal
type: The type
types: Only events of these types
unix-socket: Socket to serve at
use-protocol-buffers: Take metrics in protocol buffers
user: Users, or the user entry of the kubeconfig
username: User name for the server
v: How much to log
validate: What to do about fields nobody knows: strict, warn or ignore
value: The priority of the class
verb: Verbs the rule allows
verbs: Only resources with these verbs
vmodule: How much to log, by file
wait: Wait until the objects are gone
warnings-as-errors: A warning makes the command fail
watch: Go on with what changes
watch-only: Only what changes
windows-line-endings: Lines end as on Windows
www: Folder of files to serve
www-prefix: Path of the served files
cpu-percent: Target of CPU use, in per cent
record: Write the command into the change cause`

const byName = new Map(words.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]))

/** What the flag is for; '' for one nobody has words for. */
export const flagWords = (name: string): string => byName.get(name) ?? ''
