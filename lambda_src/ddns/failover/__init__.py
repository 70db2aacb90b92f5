"""The controller that moves a service address."""
