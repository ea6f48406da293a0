"""The API that programs written for Scale's official client speak, over our own services and models."""
