package io.weir.filter.match;

import io.weir.filter.packet.IpProtocol;
import java.util.List;

/**
 * A service that has no business with strangers.
 *
 * @param protocol IANA number
 * @param port by the IANA registry of service names and port numbers, or the program's own documentation
 */
public record ManagementService(String name, int protocol, int port) {
    /** Remote administration, file sharing, databases and cluster control, by port. */
    public static final List<ManagementService> ALL = List.of(
            tcp("SSH", 22),
            tcp("Telnet", 23),
            tcp("MS RPC", 135),
            udp("NetBIOS names", 137),
            tcp("NetBIOS", 139),
            udp("SNMP", 161),
            udp("LDAP", 389),
            tcp("LDAP", 389),
            tcp("SMB", 445),
            tcp("rsync", 873),
            tcp("SQL Server", 1433),
            tcp("Oracle", 1521),
            tcp("NFS", 2049),
            tcp("ZooKeeper", 2181),
            tcp("Docker", 2375),
            tcp("Docker TLS", 2376),
            tcp("etcd", 2379),
            tcp("etcd peers", 2380),
            tcp("MySQL", 3306),
            tcp("RDP", 3389),
            udp("RDP", 3389),
            tcp("PostgreSQL", 5432),
            tcp("VNC", 5900),
            tcp("CouchDB", 5984),
            tcp("WinRM", 5985),
            tcp("WinRM TLS", 5986),
            tcp("Redis", 6379),
            tcp("Kubernetes API", 6443),
            tcp("Cassandra", 9042),
            tcp("Kafka", 9092),
            tcp("Elasticsearch", 9200),
            tcp("Elasticsearch nodes", 9300),
            tcp("kubelet", 10_250),
            tcp("memcached", 11_211),
            udp("memcached", 11_211),
            tcp("MongoDB", 27_017));

    private static ManagementService tcp(String name, int port) {
        return new ManagementService(name, IpProtocol.TCP, port);
    }

    private static ManagementService udp(String name, int port) {
        return new ManagementService(name, IpProtocol.UDP, port);
    }
}
