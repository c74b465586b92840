/** Scripts over the small tools. Each row: script, stdout, exit code; taken from a real bash 5.2 with GNU tools. */
export const rows: readonly (readonly [string, string, number])[] = [
  [
    "printf 'b\\na\\nc\\na\\n' > f; sort f; sort -u f; sort -r f; sort f | uniq -c; sort f | uniq -d; wc f; wc -l < f",
    'a\na\nb\nc\na\nb\nc\nc\nb\na\na\n      2 a\n      1 b\n      1 c\na\n4 4 8 f\n4\n',
    0,
  ],
  [
    "printf '10 x\\n9 y\\n1.5 z\\n' | sort -n; printf '10 x\\n9 y\\n' | sort -k2; printf 'a:3\\nb:1\\n' | sort -t: -k2n; printf '2K\\n1G\\n3M\\n' | sort -h; printf 'v1.10\\nv1.9\\n' | sort -V",
    '1.5 z\n9 y\n10 x\n10 x\n9 y\nb:1\na:3\n2K\n3M\n1G\nv1.9\nv1.10\n',
    0,
  ],
  [
    "printf 'one\\ntwo\\nthree\\n' > f; grep -n t f; grep -c o f; grep -v one f; grep -o 'e*' f; grep -E 't(w|h)' f; grep -i ONE f; grep -A1 one f; grep -B1 -n three f; grep zzz f; echo $?; grep -q one f && echo q; grep -l one f; grep -w two f; grep -F 'o' f",
    '2:two\n3:three\n2\ntwo\nthree\ne\nee\ntwo\nthree\none\none\ntwo\n2-two\n3:three\n1\nq\nf\ntwo\none\ntwo\n',
    0,
  ],
  [
    "printf 'a b c\\nd e f\\n' > f; sed 's/a/X/' f; sed -n '2p' f; sed '1d' f; sed 's/ /_/g' f; sed -E 's/([a-z]) ([a-z])/\\2-\\1/' f; sed '/d/a after' f; sed '1i before' f; sed '$c last' f; sed -i 's/b/BB/' f; cat f; sed 'y/abc/xyz/' f; sed = f; sed -n '/a/,/d/p' f; sed '1!G;h;$!d' f; sed 's|a|/|' f; sed 2q f; sed -n '$=' f",
    'X b c\nd e f\nd e f\nd e f\na_b_c\nd_e_f\nb-a c\ne-d f\na b c\nd e f\nafter\nbefore\na b c\nd e f\na b c\nlast\na BB c\nd e f\nx BB z\nd e f\n1\na BB c\n2\nd e f\na BB c\nd e f\nd e f\na BB c\n/ BB c\nd e f\na BB c\nd e f\n2\n',
    0,
  ],
  [
    "sed ':a;s/^\\(.*[0-9]\\)\\([0-9]\\{3\\}\\)/\\1,\\2/;ta' <<< 1234567; echo abc | sed 's/b/[&]/;s/c/\\n/'; echo 'a.b' | sed 's/\\./-/'; printf '1\\n2\\n3\\n4\\n' | sed -n '2,3p;4q'; printf 'x\\n' | sed 's/x/a\\tb/'",
    '1,234,567\na[b]\n\na-b\n2\n3\na\tb\n',
    0,
  ],
  [
    "echo 'a,b,c' | cut -d, -f2; echo abcdef | cut -c2-4; echo 'a:b:c' | cut -d: -f1,3; echo abc | tr a-c A-C; echo 'a  b' | tr -s ' '; echo abc | tr -d b; echo 'hello' | tr '[:lower:]' '[:upper:]'; printf 'a\\nb\\n' | tr '\\n' ','; echo",
    'b\nbcd\na:c\nABC\na b\nac\nHELLO\na,b,\n',
    0,
  ],
  [
    "echo hello | base64; echo aGVsbG8K | base64 -d; printf '%080d' 1 | base64; printf '%080d' 1 | base64 -w0; echo; echo '!!' | base64 -d; echo $?",
    'aGVsbG8K\nhello\nMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw\nMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=\nMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDE=\n1\n',
    0,
  ],
  [
    "mkdir -p a/b; touch a/b/f a/x.yaml; find a -name '*.yaml'; find a -type d; find a -type f -exec echo found {} \\;; find a -maxdepth 1; rm a; rm -r a; ls a",
    'a/x.yaml\na\na/b\nfound a/b/f\nfound a/x.yaml\na\na/b\na/x.yaml\n',
    2,
  ],
  [
    "echo 1 2 3 | xargs -n1 echo n; printf 'a\\nb\\n' | xargs -I{} echo \"<{}>\"; echo | xargs echo empty; printf 'a b\\n' | xargs",
    'n 1\nn 2\nn 3\n<a>\n<b>\nempty\na b\n',
    0,
  ],
  [
    "seq 3; seq 2 2 6; seq -s, 3; seq 3 -1 1; seq -w 8 10; printf 'a\\nb\\n' | paste -sd, -; printf 'a\\nb\\nc\\nd\\n' | paste - -",
    '1\n2\n3\n2\n4\n6\n1,2,3\n3\n2\n1\n08\n09\n10\na,b\na\tb\nc\td\n',
    0,
  ],
  [
    "date -u -d @0 +%Y-%m-%dT%H:%M:%SZ; date -u -d '2024-02-29 12:00:00' '+%a %b %e %j %s'; date -u -d @86400",
    '1970-01-01T00:00:00Z\nThu Feb 29 060 1709208000\nFri Jan  2 00:00:00 UTC 1970\n',
    0,
  ],
  [
    'echo abc > a; echo abd > b; diff a b; diff -u a b | tail -n +3; diff a a && echo same; diff -q a b',
    '1c1\n< abc\n---\n> abd\n@@ -1 +1 @@\n-abc\n+abd\nsame\nFiles a and b differ\n',
    1,
  ],
  ["expr 1 + 2; expr 3 \\* 4; expr abc : 'a\\(.*\\)'; expr length hello; expr 1 \\> 2; echo $?", '3\n12\nbc\n5\n0\n1\n', 0],
  [
    'echo hi | md5sum; echo hi | sha256sum; echo hi | cksum',
    '764efa883dda1e11db47671c4a3bbd9e  -\n98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4  -\n1479881546 3\n',
    0,
  ],
  ['basename /a/b.txt .txt; dirname /a/b.txt; dirname x; basename /', 'b\n/a\n.\n/\n', 0],
  [
    "printf 'a b\\nccc d\\n' | column -t; echo abc | rev; printf '1\\n2\\n' | tac; printf 'x\\ny\\n' | nl",
    'a    b\nccc  d\ncba\n2\n1\n     1\tx\n     2\ty\n',
    0,
  ],
  [
    "printf '1\\n2\\n3\\n4\\n5\\n' | tail -n 2; printf '1\\n2\\n3\\n' | tail -n +2; printf '1\\n2\\n3\\n' | head -n -1; printf 'abc' | head -c 2; printf 'abc' | tail -c 1",
    '4\n5\n2\n3\n1\n2\nabc',
    0,
  ],
  [
    'cp nope x; mv nope x; mkdir d; mkdir d; cp d e; rmdir d; rmdir d; cat d; rm zz; touch /nope/x; ls zz; head zz; tail zz; grep x zz; sort zz; wc zz; cd zz',
    '',
    1,
  ],
  ['echo a | tee t1 t2; cat t1 t2; echo b | tee -a t1 > /dev/null; cat t1', 'a\na\na\na\nb\n', 0],
  ["echo 'x y z' | while read a b; do echo $b; done; ls -1; ls -a", 'y z\n.\n..\n', 0],
  ["env -i A=1 env; env A=2 sh -c 'echo $A'; printenv HOME; timeout 1 sh -c 'echo in'", 'A=1\n2\n/w\nin\n', 0],
  ['echo "echo from stdin \\$1" | sh; echo \'exit 3\' | bash; echo $?', 'from stdin\n3\n', 0],
  ["printf 'a\\tb\\n' | cat -A; printf 'a\\n\\n\\nb\\n' | cat -s; cat -n <<< x", 'a^Ib$\na\n\nb\n     1\tx\n', 0],
  [
    "printf 'b 2\\na 1\\n' | sort -k1,1; printf '3\\n1\\n2\\n' | sort -rn | head -1; printf 'a\\nb\\na\\n' | sort | uniq -c | sort -rn",
    'a 1\nb 2\n3\n      2 a\n      1 b\n',
    0,
  ],
  [
    "printf 'name: web\\nimage: nginx:1.25\\n' > d.yaml; sed -i 's/nginx:1.25/nginx:1.27/' d.yaml; cat d.yaml; sed -n 's/^image: //p' d.yaml; grep -n image d.yaml | cut -d: -f1",
    'name: web\nimage: nginx:1.27\nnginx:1.27\n2\n',
    0,
  ],
  [
    "sed -e 's/a/b/' -e 's/b/c/' <<< aab; sed 's/[0-9]\\+/N/g' <<< 'a12b3'; sed -E 's/(a|b)+/X/' <<< aabbc; sed '/^$/d' <<< $'a\\n\\nb'; sed '2,$d' <<< $'a\\nb\\nc'; sed 's/.*/\"&\"/' <<< x; sed -n '/b/=' <<< $'a\\nb'; sed 's/x/\\//' <<< x; sed '$!N;s/\\n/ /' <<< $'a\\nb\\nc'",
    'cab\naNbN\nXc\na\nb\na\n"x"\n2\n/\na b\nc\n',
    0,
  ],
  [
    "sed '1!d' <<< $'a\\nb'; sed '/a/!s/$/!/' <<< $'a\\nb'; sed 's/a/X/2' <<< aaa; sed 's/a/X/2g' <<< aaaa; sed -n 'l' <<< $'a\\tb'; sed 's/\\(.\\)\\(.\\)/\\2\\1/' <<< ab; sed 'N;P;D' <<< $'1\\n2\\n3'; sed '/1/{n;d}' <<< $'1\\n2\\n3'; sed '0,/a/s//X/' <<< $'a\\na'; sed 's/A/b/I' <<< a; sed 'G' <<< $'a\\nb'; sed '/x/c\\changed' <<< $'x\\ny'",
    'a\na\nb!\naXa\naXXX\na\\tb$\nba\n1\n2\n3\n1\n3\nX\na\nb\na\n\nb\n\nchanged\ny\n',
    0,
  ],
  [
    "grep -rn foo . ; mkdir -p a; echo foo > a/1; echo bar > a/2; grep -r foo .; grep -rl foo a; grep -c '' a/1 a/2; grep -h o a/1 a/2; grep -L foo a/*; grep -e foo -e bar a/1 a/2; grep -x foo a/1; grep -m1 o a/1; grep -E '^(foo|bar)$' a/*",
    './a/1:foo\na/1\na/1:1\na/2:1\nfoo\na/2\na/1:foo\na/2:bar\nfoo\nfoo\na/1:foo\na/2:bar\n',
    0,
  ],
  [
    "echo 'key=value' | cut -d= -f2-; echo 'a b c d' | cut -d' ' -f2,4; echo abc | cut -c1; printf 'a\\tb\\n' | cut -f2; echo x | cut -d, -f2 -s; echo 'a,b' | cut -d, -f1 --output-delimiter=-",
    'value\nb d\na\nb\na\n',
    0,
  ],
  [
    "echo 'Hello World' | tr 'A-Za-z' 'N-ZA-Mn-za-m'; echo aabbcc | tr -s a-c; echo 'a1b2' | tr -d '0-9'; echo 'a1b2' | tr -dc '0-9\\n'; echo 'path:to' | tr ':' '\\n'; echo abc | tr abc x",
    'Uryyb Jbeyq\nabc\nab\n12\npath\nto\nxxx\n',
    0,
  ],
  [
    "find . -name nosuch; mkdir -p x/y; touch x/a.txt x/y/b.txt; find x | sort; find x -name '*.txt' | sort; find x -type f -name 'a*'; find x -mindepth 1 -maxdepth 1 | sort; find x -name '*.txt' -delete; find x | sort; find x ! -name y | sort; find x \\( -name x -o -name y \\) | sort",
    'x\nx/a.txt\nx/y\nx/y/b.txt\nx/a.txt\nx/y/b.txt\nx/a.txt\nx/a.txt\nx/y\nx\nx/y\nx\nx\nx/y\n',
    0,
  ],
  [
    'cp -r nosuch a; mkdir d; echo 1 > d/f; cp -r d e; cat e/f; cp d/f g; mv g h; ls; mv h d; ls d; cp d/f d/h .; ls; rm -rf d e; ls; rm -f nosuch; echo $?',
    '1\nd\ne\nh\nf\nh\nd\ne\nf\nh\nf\nh\n0\n',
    0,
  ],
  [
    "printf 'a\\nb\\nc\\n' | head -n 2; printf 'a\\nb\\nc\\n' | tail -n 1; printf 'a\\nb\\nc\\n' | tail -2; printf '1\\n2\\n3\\n' > f; head -1 f; tail -c 2 f; head -c 3 f; head -n1 f f",
    'a\nb\nc\nb\nc\n1\n3\n1\n2==> f <==\n1\n\n==> f <==\n1\n',
    0,
  ],
  [
    'ln -s target link; readlink link; echo data > target; cat link; ls -l link | cut -c1; [ -L link ] && echo link; rm link; cat target',
    'target\ndata\nl\nlink\ndata\n',
    0,
  ],
  [
    'touch s; chmod 755 s; ls -l s | cut -c1-10; chmod u-x,g+w s; ls -l s | cut -c1-10; chmod 600 s; stat s >/dev/null 2>&1; ls -l s | cut -c1-10',
    '-rwxr-xr-x\n-rw-rwxr-x\n-rw-------\n',
    0,
  ],
  [
    "date -u -d '2024-03-10T08:05:09Z' '+%Y/%m/%d %H-%M-%S %y %B %A %p %I'; date -u -d @1700000000 +%s; date -u -d '2024-01-01 + 0 day' >/dev/null 2>&1; date -u -d @0 +%F_%T; date -u -d 'garbage'; echo $?",
    '2024/03/10 08-05-09 24 March Sunday AM 08\n1700000000\n1970-01-01_00:00:00\n1\n',
    0,
  ],
  [
    "echo a b c | xargs -n 2; printf 'x\\ny\\n' | xargs -I{} sh -c 'echo {}-{}'; echo 'a b' | xargs -t echo 2>/dev/null; printf '1\\n2\\n' | xargs -n1 false; echo $?; echo | xargs -r echo never",
    'a b\nc\nx-x\ny-y\na b\n123\n',
    0,
  ],
  [
    "echo 'aGVsbG8=' | base64 -d; echo -n secret | base64; echo -n 'binary' | base64 -d | base64 | head -c 4; echo",
    'helloc2VjcmV0\nbina\n',
    0,
  ],
  [
    "printf 'a 1\\nb 22\\n' | awk '{printf \"%-5s%3d\\n\", $1, $2}'; printf '1\\n2\\n3\\n' | awk '{s+=$1} END {print s, s/NR}'; echo 'a-b-c' | awk -F- '{print $NF}'; awk 'BEGIN{for(i=1;i<=3;i++) printf \"%d \", i; print \"\"}'",
    'a      1\nb     22\n6 2\nc\n1 2 3 \n',
    0,
  ],
  [
    "seq 5 | awk 'NR%2'; seq 5 | awk '{a[NR]=$0} END{for(i=NR;i>0;i--) print a[i]}'; echo 'x,y' | awk 'BEGIN{FS=\",\"; OFS=\";\"} {print $2,$1}'; seq 3 | awk '{print NR\": \"$0}'; echo \"3 4\" | awk '{print ($1>$2)?$1:$2}'; seq 10 | awk '$1>3 && $1<6'; seq 3 | awk 'END{print $0}'",
    '1\n3\n5\n5\n4\n3\n2\n1\ny;x\n1: 1\n2: 2\n3: 3\n4\n4\n5\n3\n',
    0,
  ],
  [
    'echo \'{"items":[{"metadata":{"name":"a"},"status":{"phase":"Running"}},{"metadata":{"name":"b"},"status":{"phase":"Pending"}}]}\' > p; jq -r \'.items[].metadata.name\' p; jq \'.items|length\' p; jq -r \'.items[]|select(.status.phase=="Pending")|.metadata.name\' p; jq -r \'.items[]|"\\(.metadata.name) \\(.status.phase)"\' p; jq -c \'[.items[]|{n:.metadata.name}]\' p; jq -r \'.items|map(.metadata.name)|join(",")\' p; jq -r \'.items[]|[.metadata.name,.status.phase]|@tsv\' p; jq \'[.items[].status.phase]|group_by(.)|map({(.[0]):length})|add\' -c p; jq \'.items[0].metadata.labels.app // "none"\' p; jq -r \'limit(1;.items[]).metadata.name\' p',
    'a\nb\n2\nb\na Running\nb Pending\n[{"n":"a"},{"n":"b"}]\na,b\na\tRunning\nb\tPending\n{"Pending":1,"Running":1}\n"none"\na\n',
    0,
  ],
  [
    "expr 5 - 3; expr 7 / 2; expr a = a; expr abc : 'b'; expr \\( 1 + 2 \\) \\* 3; expr substr hello 2 3; expr index abc c; expr 1 + a; echo $?",
    '2\n3\n1\n0\n9\nell\n3\n2\n',
    0,
  ],
  [
    "printf 'a:b:c\\n1:2:3\\n' | column -t -s:; printf 'a\\nb\\nc\\n' | paste -s; printf 'a\\nb\\n' > x; printf '1\\n2\\n' > y; paste x y; paste -d: x y; printf 'one\\ntwo\\n' | nl; printf 'a\\n\\nb\\n' | cat -n; printf 'a\\n\\nb\\n' | cat -b",
    'a  b  c\n1  2  3\na\tb\tc\na\t1\nb\t2\na:1\nb:2\n     1\tone\n     2\ttwo\n     1\ta\n     2\t\n     3\tb\n     1\ta\n\n     2\tb\n',
    0,
  ],
  [
    "printf 'a\\nb\\nc\\nd\\ne\\nf\\ng\\nh\\n' > 1; sed 's/d/D/' 1 > 2; diff -u 1 2 | tail -n +3; diff 1 2; printf 'x' > 3; printf 'x\\n' > 4; diff 3 4; diff 1 nosuch; echo $?",
    '@@ -1,7 +1,7 @@\n a\n b\n c\n-d\n+D\n e\n f\n g\n4c4\n< d\n---\n> D\n1c1\n< x\n\\ No newline at end of file\n---\n> x\n2\n',
    0,
  ],
  [
    'basename a/b/; basename -a a/b c/d; basename x.yaml .yaml; dirname a/b/c a; dirname /; realpath . >/dev/null && echo ok',
    'b\nb\nd\nx\na/b\n.\n/\nok\n',
    0,
  ],
  [
    'mkdir a/b; mkdir -p a/b; mkdir a; rmdir a; touch f; mkdir f; cat a; rm a; cp a b; cp f; mv f; ls nosuch; cd f; echo x > a; ls a f',
    'f\n\na:\nb\n',
    0,
  ],
  ['echo hola | gzip | gunzip', 'hola\n', 0],
  ['echo a > f; gzip f; ls; zcat f.gz; gunzip f.gz; ls; cat f', 'f.gz\na\nf\na\n', 0],
  ['echo a > f; gzip -k f; gzip -dc f.gz; gunzip f.gz 2>&1', 'a\ngzip: f already exists;\tnot overwritten\n', 2],
  ['echo a | gunzip 2>&1', '\ngzip: stdin: not in gzip format\n', 1],
  ['gzip none 2>&1', 'gzip: none: No such file or directory\n', 1],
  ['echo a > f; gunzip f 2>&1', 'gzip: f: unknown suffix -- ignored\n', 2],
  ['mkdir d; echo a > d/f; tar czf d.tgz d; rm -r d; tar tzf d.tgz; tar xzf d.tgz; cat d/f', 'd/\nd/f\na\n', 0],
  ['mkdir d; echo a > d/f; tar cz d | gunzip | tar t', 'd/\nd/f\n', 0],
]
