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
 * Renders with Apache Velocity what it reads, a line for each template, until its input ends.
 *
 * <p>A line is the template and then pairs of a dotted path and a value, all in base64 with spaces
 * between. The answer is the text and the status that the template asked for, likewise; or an
 * exclamation mark and the error. What was not given does not exist: to ask for it is an error.
 */
public final class VelocityRunner {
  public static void main(String[] arguments) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.setProperty("runtime.references.strict", "true");
    engine.init();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream output = new PrintStream(System.out, true, "UTF-8");
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      output.println(answer(engine, line.split(" ", -1)));
    }
  }

  private static String answer(VelocityEngine engine, String[] words) {
    Known root = new Known("$");
    Overrides override = new Overrides();
    Input input = new Input();
    root.child("context").define("responseOverride", override);
    root.define("input", input);
    for (int index = 1; index + 1 < words.length; index += 2) {
      String[] path = decode(words[index]).split("\\.");
      if (path.length == 3 && path[0].equals("input") && path[1].equals("params")) {
        input.parameters.put(path[2], decode(words[index + 1]));
        continue;
      }
      Known at = root;
      for (int step = 0; step + 1 < path.length; step++) {
        at = at.child(path[step]);
      }
      at.define(path[path.length - 1], decode(words[index + 1]));
    }
    StringWriter text = new StringWriter();
    try {
      VelocityContext context = new VelocityContext(new HashMap<String, Object>(root));
      if (!engine.evaluate(context, text, "template", decode(words[0]))) {
        return "! " + encode("it could not be evaluated");
      }
    } catch (RuntimeException error) {
      return "! " + encode(String.valueOf(error));
    }
    return encode(text.toString()) + " " + encode(override.status);
  }

  /** Values by name; asking for another name is an error, and so is setting one. */
  public static class Known extends HashMap<String, Object> {
    private final String path;

    Known(String path) {
      this.path = path;
    }

    Known child(String name) {
      return (Known) computeIfAbsent(name, key -> new Known(path + key + "."));
    }

    void define(String name, Object value) {
      super.put(name, value);
    }

    @Override
    public Object get(Object name) {
      if (!containsKey(name)) {
        throw new UnsupportedOperationException(path + name + " is not there");
      }
      return super.get(name);
    }

    @Override
    public Object put(String name, Object value) {
      throw new UnsupportedOperationException(path + name + " cannot be set");
    }
  }

  /** The payload, and what was sent beside it; what was not sent is nothing. */
  public static final class Input extends Known {
    private final Map<String, String> parameters = new HashMap<>();

    Input() {
      super("$input.");
    }

    public String params(String name) {
      return parameters.getOrDefault(name, "");
    }
  }

  /** Takes the one thing that a template may set. */
  private static final class Overrides extends Known {
    private String status = "";

    Overrides() {
      super("$context.responseOverride.");
    }

    @Override
    public Object put(String name, Object value) {
      if (!name.equals("status")) {
        return super.put(name, value);
      }
      status = String.valueOf(value);
      return null;
    }
  }

  private static String decode(String word) {
    return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
  }

  private static String encode(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
