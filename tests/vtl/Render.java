import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * Renders with Apache Velocity what it reads, a line for each case, until its input ends.
 *
 * <p>A line is the template and then pairs of a dotted path and a value, all in base64 with spaces
 * between. The answer is the text and the status that the template asked for, likewise; or an
 * exclamation mark and the error.
 */
public final class Render {
  public static void main(String[] arguments) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.init();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream output = new PrintStream(System.out, true, "UTF-8");
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      output.println(answer(engine, line.split(" ", -1)));
    }
  }

  private static String answer(VelocityEngine engine, String[] words) {
    Map<String, Object> root = new HashMap<>();
    Map<String, Object> override = child(child(root, "context"), "responseOverride");
    Input input = new Input();
    root.put("input", input);
    for (int index = 1; index + 1 < words.length; index += 2) {
      String[] path = decode(words[index]).split("\\.");
      if (path.length == 3 && path[0].equals("input") && path[1].equals("params")) {
        input.parameters.put(path[2], decode(words[index + 1]));
      } else {
        put(root, path, decode(words[index + 1]));
      }
    }
    StringWriter text = new StringWriter();
    try {
      if (!engine.evaluate(new VelocityContext(root), text, "template", decode(words[0]))) {
        return "! " + encode("it could not be evaluated");
      }
    } catch (RuntimeException error) {
      return "! " + encode(String.valueOf(error));
    }
    Object status = override.get("status");
    return encode(text.toString()) + " " + encode(status == null ? "" : status.toString());
  }

  /** The payload, and what was sent beside it. */
  public static final class Input extends HashMap<String, Object> {
    private final Map<String, String> parameters = new HashMap<>();

    public String params(String name) {
      return parameters.getOrDefault(name, "");
    }
  }

  private static void put(Map<String, Object> root, String[] path, String value) {
    Map<String, Object> at = root;
    for (int index = 0; index + 1 < path.length; index++) {
      at = child(at, path[index]);
    }
    at.put(path[path.length - 1], value);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> child(Map<String, Object> map, String name) {
    return (Map<String, Object>) map.computeIfAbsent(name, key -> new HashMap<String, Object>());
  }

  private static String decode(String word) {
    return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
