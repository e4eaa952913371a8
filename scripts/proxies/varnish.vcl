# Started with: varnishd -f varnish.vcl -a 127.0.0.1:8080 -p http_req_hdr_len=16k
vcl 4.1;

import directors;

probe ready {
  .request = "GET /health/ready HTTP/1.1" "Host: localhost" "Connection: close";
  .interval = 1s;
  .timeout = 1s;
  .window = 1;
  .threshold = 1;
  .initial = 1;
}

backend one {
  .host = "127.0.0.1";
  .port = "4001";
  .probe = ready;
  .connect_timeout = 2s;
  .between_bytes_timeout = 60s;
}

backend two {
  .host = "127.0.0.1";
  .port = "4002";
  .probe = ready;
  .connect_timeout = 2s;
  .between_bytes_timeout = 60s;
}

sub vcl_init {
  new replicas = directors.round_robin();
  replicas.add_backend(one);
  replicas.add_backend(two);
}

sub vcl_recv {
  set req.backend_hint = replicas.backend();
}
