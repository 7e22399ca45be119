import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.util.Map;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONValue;

/** The conversation with the test, see ../program.ts. */
final class Conversation {
  /** What the server answered, for the test to judge. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final transient ErrorObject error;

    Refused(ErrorObject error) {
      super(error.getCode());
      this.error = error;
    }
  }

  interface Flow {
    Map<String, ?> run() throws Exception;
  }

  private final BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));

  JSONObject registration() throws Exception {
    return JSONObjectUtils.parse(lines.readLine());
  }

  /** Sends the person's browser to {@code address}; returns where it comes back. */
  URI visit(URI address) throws Exception {
    say("visit", address.toString());
    return URI.create((String) JSONValue.parse(lines.readLine()));
  }

  void run(Flow flow) throws Exception {
    try {
      say("result", new JSONObject(flow.run()));
    } catch (Refused refused) {
      say("refused", new JSONObject(refused.error.toJSONObject()));
    }
  }

  private static void say(String name, Object value) {
    JSONObject line = new JSONObject();
    line.put(name, value);
    System.out.println(line.toJSONString());
  }
}
