import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** A certificate, and the connections that present it. */
record ClientCertificate(X509Certificate certificate, SSLSocketFactory sockets) {
  /**
   * @param keyFile an elliptic curve key, PKCS #8
   * @param serverFile whom to trust
   */
  static ClientCertificate read(String certificateFile, String keyFile, String serverFile) throws Exception {
    X509Certificate certificate = readCertificate(certificateFile);
    String pem = Files.readString(Path.of(keyFile)).replaceAll("-----[^-]+-----|\\s", "");
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem));
    PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(encoded);
    KeyStore own = emptyStore();
    own.setKeyEntry("own", key, new char[0], new X509Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, new char[0]);
    KeyStore trusted = emptyStore();
    trusted.setCertificateEntry("server", readCertificate(serverFile));
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return new ClientCertificate(certificate, context.getSocketFactory());
  }

  private static KeyStore emptyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static X509Certificate readCertificate(String file) throws Exception {
    try (InputStream content = Files.newInputStream(Path.of(file))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(content);
    }
  }
}
