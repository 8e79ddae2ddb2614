import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

class Client {
  public static void main(String[] args) throws Exception {
    URI health = URI.create(System.getenv("GETSMART_BASE_URL") + "/health");
    var response = HttpClient.newHttpClient().send(HttpRequest.newBuilder(health).build(), BodyHandlers.ofString());
    System.out.println(response.statusCode() + " " + response.body());
  }
}
