"""How clients ask and are answered: one module for each protocol, without I/O."""
