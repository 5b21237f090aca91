/* The least that takes packets from an NFQUEUE and passes them: what the kernel's way costs without any judging.
 * Raw netlink, many packets a call, one verdict for all, a moment's sleep under load: as Weir does it.
 *   queue NUMBER */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#define NFNL_SUBSYS_QUEUE_ 3 /* of linux/netfilter/nfnetlink.h, which clashes with other headers in places */

struct nfgenmsg_ { unsigned char family, version; unsigned short res_id; };
struct request { struct nlmsghdr h; struct nfgenmsg_ g; char rest[64]; };

enum { BATCH = 256, COPY = 512, SLOT = COPY + 512 };
static int fd;
static unsigned short number;

static void tell(int type, int attribute, const void *value, int bytes) {
  struct request r = {.h = {.nlmsg_type = NFNL_SUBSYS_QUEUE_ << 8 | type, .nlmsg_flags = NLM_F_REQUEST}, .g = {.res_id = htons(number)}};
  struct nlattr *a = (void *)r.rest;
  a->nla_type = attribute;
  a->nla_len = NLA_HDRLEN + bytes;
  memcpy(r.rest + NLA_HDRLEN, value, bytes);
  r.h.nlmsg_len = NLMSG_LENGTH(sizeof r.g) + NLA_ALIGN(a->nla_len);
  if (send(fd, &r, r.h.nlmsg_len, 0) < 0) perror("send"), exit(1);
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: queue NUMBER\n"), 2;
  number = atoi(argv[1]);
  fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  int buffer = 128 << 20, on = 1;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof on);
  struct nfqnl_msg_config_cmd bind = {.command = NFQNL_CFG_CMD_BIND};
  tell(NFQNL_MSG_CONFIG, NFQA_CFG_CMD, &bind, sizeof bind);
  unsigned capacity = htonl(65536);
  tell(NFQNL_MSG_CONFIG, NFQA_CFG_QUEUE_MAXLEN, &capacity, sizeof capacity);
  struct nfqnl_msg_config_params params = {.copy_range = htonl(COPY), .copy_mode = NFQNL_COPY_PACKET};
  tell(NFQNL_MSG_CONFIG, NFQA_CFG_PARAMS, &params, 5);

  static char memory[BATCH][SLOT];
  static struct mmsghdr headers[BATCH];
  static struct iovec vectors[BATCH];
  for (int i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){memory[i], SLOT};
    headers[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
  }
  fprintf(stderr, "ready\n");
  for (int isLoaded = 0;;) {
    struct timespec moment = {0, 50000};
    if (isLoaded) nanosleep(&moment, 0);
    int n = recvmmsg(fd, headers, BATCH, MSG_DONTWAIT, 0);
    if (n <= 0) {
      struct pollfd one = {fd, POLLIN, 0};
      poll(&one, 1, 8);
      isLoaded = 0;
      continue;
    }
    isLoaded = n >= 8 && n < BATCH;
    unsigned last = 0;
    for (int i = 0; i < n; i++) {
      struct nlmsghdr *h = (void *)memory[i];
      if (h->nlmsg_type != (NFNL_SUBSYS_QUEUE_ << 8 | NFQNL_MSG_PACKET)) continue;
      for (char *at = memory[i] + NLMSG_LENGTH(4), *end = memory[i] + headers[i].msg_len; at < end;) {
        struct nlattr *a = (void *)at;
        if ((a->nla_type & NLA_TYPE_MASK) == NFQA_PACKET_HDR) {
          last = ((struct nfqnl_msg_packet_hdr *)(at + NLA_HDRLEN))->packet_id;
          break;
        }
        at += NLA_ALIGN(a->nla_len);
      }
    }
    struct nfqnl_msg_verdict_hdr verdict = {htonl(NF_ACCEPT), last};
    tell(NFQNL_MSG_VERDICT_BATCH, NFQA_VERDICT_HDR, &verdict, sizeof verdict);
  }
}
