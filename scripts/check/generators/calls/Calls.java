import org.openapitools.client.ApiClient;
import org.openapitools.client.api.UsersApi;
import org.openapitools.client.model.CreatedUser;
import org.openapitools.client.model.User;
import org.openapitools.client.model.UserCreation;
import org.openapitools.client.model.UserSetup;
import org.openapitools.client.model.UserSetupNone;

/** Two calls with the Java client of openapi-generator. */
public class Calls {
  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient();
    client.setBasePath(System.getenv("AUTHLY_ISSUER"));
    client.setAccessToken(System.getenv("AUTHLY_TOKEN"));
    UsersApi api = new UsersApi(client);
    String name = System.getenv("AUTHLY_NAME");
    UserSetupNone none = new UserSetupNone().method(UserSetupNone.MethodEnum.NONE);
    CreatedUser created = api.createUser(new UserCreation().username(name).setup(new UserSetup(none)), null);
    User read = api.getUser(created.getId(), null);
    if (!name.equals(read.getUsername())) throw new IllegalStateException("another account: " + read);
  }
}
