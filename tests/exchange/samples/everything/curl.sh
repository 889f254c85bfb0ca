curl 'https://x.test/a' --compressed -X POST -H 'User-Agent: Mozilla' -H 'Accept: */*' -H 'Cookie: a=b; c=d' --data-raw $'{"a":"it\u0027s"}' ;
curl 'https://x.test/up' -X POST -H 'Content-Type: multipart/form-data; boundary=---------------------------1' --data-binary $'-----------------------------1\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n-----------------------------1--\r\n'
curl -sSLk --oauth2-bearer tok -u 'a:b' -G -d q=1 --data-urlencode 'r=a b' https://x.test/s && curl -T file.bin https://x.test/put ; curl -I x.test; curl --next -XDELETE https://x.test/1 --next https://x.test/2
curl --aws-sigv4 "aws:amz:eu:s3" --user k:s https://s3.test -b cookies.txt --cert a.pem:pw --resolve a:1:2 -x proxy:1 -m 5 --retry 3 -o /dev/null -w '%{http_code}' -F 'f=@a.png;type=image/png;filename=b.png' -F 'j={"a":1};type=application/json' -F '=x'
curl -H @headers.txt -H 'X;' -H 'Host:' -A ua -e ref --url-query 'a=1' "https://x.test/{a,b}/[1-3]" -r 0-5 -z yesterday
