/** Scripts over jq and awk. Each row: script, stdout, exit code; taken from a real bash 5.2 with GNU tools. */
export const rows: readonly (readonly [string, string, number])[] = [
  ['echo \'{"a":1,"b":[1,2,{"c":null}]}\' | jq .', '{\n  "a": 1,\n  "b": [\n    1,\n    2,\n    {\n      "c": null\n    }\n  ]\n}\n', 0],
  ['echo \'{"a":1,"b":[1,2,{"c":null}]}\' | jq -c \'.b[2], .a, .b[0:2], .x?, (.b|length)\'', '{"c":null}\n1\n[1,2]\nnull\n3\n', 0],
  [
    'echo \'[{"n":"a","v":2},{"n":"b","v":1}]\' | jq -r \'.[] | select(.v>1) | .n\'; echo \'[{"n":"a","v":2},{"n":"b","v":1}]\' | jq -c \'sort_by(.v), map({(.n): .v}), (map(.v)|add), group_by(.n), min_by(.v), (.[0]|to_entries), (map({key:.n,value:.v})|from_entries)\'',
    'a\n[{"n":"b","v":1},{"n":"a","v":2}]\n[{"a":2},{"b":1}]\n3\n[[{"n":"a","v":2}],[{"n":"b","v":1}]]\n{"n":"b","v":1}\n[{"key":"n","value":"a"},{"key":"v","value":2}]\n{"a":2,"b":1}\n',
    0,
  ],
  [
    'echo \'{"a":{"b":1}}\' | jq -c \'.a.b |= .+1, .a.b += 5, (.a.c = 3), del(.a.b), [paths], with_entries(.key |= "x"+.), (.a|has("b")), ([..]|length)\'',
    '{"a":{"b":2}}\n{"a":{"b":6}}\n{"a":{"b":1,"c":3}}\n{"a":{}}\n[["a"],["a","b"]]\n{"xa":{"b":1}}\ntrue\n3\n',
    0,
  ],
  [
    "jq -n '[range(5)] | map(select(. % 2 == 0))' -c; jq -n 'reduce range(5) as $i (0; . + $i)'; jq -nc '[foreach range(3) as $i (0; .+$i; [$i,.])]'; jq -n 'def f(x): x*2; f(3)'; jq -nc '[limit(3; range(10))]'; jq -n 'try error(\"x\") catch .'; jq -n '[.[]?]' -c",
    '[0,2,4]\n10\n[[0,0],[1,1],[2,3]]\n6\n[0,1,2]\n"x"\n[]\n',
    0,
  ],
  [
    'jq -n \'"a\\(1+2)b", ("aGk="|@base64d), ("hi"|@base64), ([1,"x"]|@csv, @tsv, @sh), ("x y"|@uri), ({"a":1}|@json)\' -r',
    'a3b\nhi\naGk=\n1,"x"\n1\tx\n1 \'x\'\nx%20y\n{"a":1}\n',
    0,
  ],
  [
    'jq -nc \'"foo bar"|test("o+"), (match("o+")|.offset,.string), [scan("[a-z]+")], sub("o";"0"), gsub("o";"0"), split(" "), ascii_upcase, capture("(?<x>b.)")\'',
    'true\n1\n"oo"\n["foo","bar"]\n"f0o bar"\n"f00 bar"\n["foo","bar"]\n"FOO BAR"\n{"x":"ba"}\n',
    0,
  ],
  [
    "echo '1 2 3' | jq -s -c .; echo '1 2' | jq -n '[inputs]' -c; echo 'a\nb' | jq -R .; echo 'null' | jq -e .; echo $?; jq -n --arg x 1 --argjson y '{\"a\":2}' '$x, $y.a' -c; echo '\"x\"' | jq -j .",
    '[1,2,3]\n[1,2]\n"a"\n"b"\nnull\n1\n"1"\n2\nx',
    0,
  ],
  [
    'jq -nc \'1 as $x | [2,3] as [$a,$b] | {k:$a} as {k:$z} | [$x,$a,$b,$z], (if 1>2 then "a" elif true then "b" else "c" end), (null // 3), ([1,[2,[3]]]|flatten), ({} | .a.b.c = 1), ([3,1,2]|sort,unique,reverse,index(1)), ("abc"|.[1:2]), (now|type), ({a:1}+{b:2}), ({a:{b:1}}*{a:{c:2}})\'',
    '[1,2,3,2]\n"b"\n3\n[1,2,3]\n{"a":{"b":{"c":1}}}\n[1,2,3]\n[1,2,3]\n[2,1,3]\n1\n"b"\n"number"\n{"a":1,"b":2}\n{"a":{"b":1,"c":2}}\n',
    0,
  ],
  [
    'echo \'{"a":[{"x":1},{"x":2}]}\' | jq -c \'.a[].x, [.a[]|.x], (.a|any(.x>1)), (.a|all(.x>1)), (.a[]|select(.x==2)|=. + {y:1}), (.a|map(.x)|join(",")), .["a"][0]["x"], (.a|first,last), path(.a[0].x), getpath(["a",1,"x"]), ([paths(type=="number")]), (.a|length), ([leaf_paths])\'',
    '1\n2\n[1,2]\ntrue\nfalse\n{"x":1}\n{"x":2,"y":1}\n"1,2"\n1\n{"x":1}\n{"x":2}\n["a",0,"x"]\n2\n[["a",0,"x"],["a",1,"x"]]\n2\n[["a",0,"x"],["a",1,"x"]]\n',
    0,
  ],
  [
    "jq -n '1.0, 1.5, 1e3, 100000000000000000000, 0.1, -0, 3.14159265358979, 1e-7' -c",
    '1\n1.5\n1000\n1e+20\n0.1\n-0\n3.14159265358979\n1e-07\n',
    0,
  ],
  [
    "printf 'a b c\\nd e f\\n' | awk '{print $1, $NF}'; printf 'a:b\\nc:d\\n' | awk -F: '{print $2}'; printf 'x 1\\ny 2\\nx 3\\n' | awk '{s[$1]+=$2} END {for (k in s) print k, s[k]}' | sort",
    'a c\nd f\nb\nd\nx 4\ny 2\n',
    0,
  ],
  [
    "printf '1\\n2\\n3\\n4\\n' | awk 'NR==2,NR==3'; printf '1\\n2\\n3\\n' | awk 'NR>1 && $1<3 {print \"x\" $0}'; printf 'foo\\nbar\\n' | awk '/o+/'; printf 'foo\\nbar\\n' | awk '!/o/'; printf 'a\\n' | awk '$1 ~ /^a$/ {print \"m\"}'",
    '2\n3\nx2\nfoo\nbar\nm\n',
    0,
  ],
  [
    'awk \'function f(n) {return n<2?n:f(n-1)+f(n-2)} BEGIN {print f(10); s="hello"; print length(s), substr(s,2,3), index(s,"l"), toupper(s); n=split("a,b,c",A,","); print n, A[1], A[3]; gsub(/l/,"L",s); print s; sub(/h/,"[&]",s); print s; if (match("xxabc",/abc/)) print RSTART, RLENGTH}\'',
    '55\n5 ell 3 HELLO\n3 a c\nheLLo\n[h]eLLo\n3 3\n',
    0,
  ],
  [
    "awk 'BEGIN {i=0; while (i<3) {i++; if (i==2) continue; print i}; do {i--} while (i>0); print i; for (;;) {if (++n>3) break}; print n; exit 3}'; echo $?",
    '1\n3\n0\n4\n3\n',
    0,
  ],
  [
    'printf \'k v\\n\' > f; awk \'BEGIN {while ((getline line < "f") > 0) print "got " line; print "x" > "o"; close("o")}\'; cat o; awk \'{print FILENAME, FNR, NR}\' f f; awk \'END{print NR}\' f',
    'got k v\nx\nf 1 1\nf 1 2\n1\n',
    0,
  ],
  [
    "printf 'a,b;c\\n' | awk -F'[,;]' '{print $3, NF}'; printf 'a\\tb c\\n' | awk -F'\\t' '{print $2}'; printf 'p1\\nl2\\n\\np2\\n' | awk 'BEGIN{RS=\"\"} {print NR\": \"$1}'; awk 'BEGIN { if ((\"a\" in x)) print 1; x[\"a\"]; if (\"a\" in x) print 2; delete x[\"a\"]; print length(x) }'",
    'c 3\nb c\n1: p1\n2: p2\n2\n0\n',
    0,
  ],
  [
    'printf \'10\\n9\\n\' | awk \'$1 > 9.5\'; printf \'abc 10\\n\' | awk \'$2 == 10.0 {print "num"}\'; awk \'BEGIN {print ("10" < "9"), (10 < 9), -3 % 2, 2^-1, !0, !"a", 1==1.0}\'; awk \'BEGIN{print length()}\' </dev/null; echo "a b" | awk \'{ print $1 > "/dev/stdout" }\'; echo 5 | awk \'{ print ($1 > 3) ? "big" : "small" }\'; awk \'BEGIN{x["a","b"]=1; for (k in x) {split(k,p,SUBSEP); print p[1] p[2]}}\'',
    '10\nnum\n1 0 -1 0.5 1 0 1\n0\na\nbig\nab\n',
    0,
  ],
]
